import { isIP, isIPv4, isIPv6 } from 'node:net';

/** An optional sign, a host (`*` for any), a port, and the addresses. */
const ENTRY =
  /^(?<sign>[+-]?)(?<host>\*|\[[^[\]]+\]|[^\s:/?#@\\[\]]+):(?<port>\d{1,5})(?::(?<addresses>.+))?$/;

/** Addresses that the user gave for hosts. They take the place of what name servers say. */
export class HostOverrides {
  /** By host and port, as in `example.com:443`; the host `*` matches all hosts. */
  readonly #addresses = new Map<string, readonly string[]>();

  /**
   * @param entries in the syntax of curl's `--resolve`: `HOST:PORT:ADDR[,ADDR]…`. The host `*`
   *   matches all hosts, and addresses may be in brackets. A later entry replaces an earlier one
   *   for the same host and port, and `-HOST:PORT` removes it. A `+` before the host is ignored: in
   *   curl it says how long the entry is kept; here all entries last for the run.
   * @throws SyntaxError, a single line that names the wrong entry
   */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#take(entry);
  }

  /**
   * @param host as in `URL.hostname`; case, brackets and a final dot do not matter
   * @returns IP addresses without brackets, in the given order; undefined when the host is to be
   *   looked up
   */
  addressesFor(host: string, port: number): readonly string[] | undefined {
    return this.#addresses.get(`${normalized(host)}:${port}`) ?? this.#addresses.get(`*:${port}`);
  }

  #take(entry: string): void {
    const { sign, host: name = '', port: digits, addresses } = ENTRY.exec(entry)?.groups ?? {};
    const host = hostOf(name);
    const port = Number(digits);
    const isRemoval = sign === '-';
    if (
      host === undefined ||
      !(port >= 1 && port <= 65_535) ||
      isRemoval === (addresses !== undefined)
    ) {
      throw new SyntaxError(
        `'${entry}' is not HOST:PORT:ADDR[,ADDR]…, such as example.com:443:127.0.0.1`,
      );
    }
    const key = `${host}:${port}`;
    if (addresses === undefined) this.#addresses.delete(key);
    else this.#addresses.set(key, addressesIn(addresses, entry));
  }
}

/** @throws SyntaxError */
function addressesIn(list: string, entry: string): string[] {
  return list.split(',').map((text) => {
    const address = /^\[(.+)\]$/.exec(text)?.[1] ?? text;
    if (isIP(address) !== 0) return address;
    throw new SyntaxError(`'${text}' in '${entry}' is not an IP address`);
  });
}

/** The host as it is in URLs, where names outside ASCII are in Punycode. */
function hostOf(name: string): string | undefined {
  if (name === '*') return name;
  const hostname = URL.parse(`http://${name}`)?.hostname;
  return hostname === undefined ? undefined : normalized(hostname);
}

function normalized(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}

/**
 * `1.1.1.1`, `1.1.1.1:53`, `[::1]`, `[::1]:5353`; an IPv6 address without brackets has no port. A
 * zone, as in `fe80::1%eth0`, is refused: `Resolver.setServers()` drops it silently.
 */
const SERVER = /^(?:\[(?<v6>[^[\]%]+)\]|(?<v4>[^:[\]]+))(?::(?<port>\d{1,5}))?$/;

/**
 * Reads the addresses of name servers. Names are refused: they would need a name server themselves.
 *
 * @param texts IP addresses with or without ports, or comma-separated lists of them
 * @returns addresses as `Resolver.setServers()` takes them
 * @throws SyntaxError, a single line that names the wrong text
 */
export function parseDnsServers(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).map((text) => parseDnsServer(text.trim()));
}

function parseDnsServer(text: string): string {
  if (isIPv6(text) && !text.includes('%')) return text;
  const { v4, v6, port } = SERVER.exec(text)?.groups ?? {};
  const isAddress = v6 === undefined ? isIPv4(v4 ?? '') : isIPv6(v6);
  if (!isAddress || (port !== undefined && !isPort(port))) {
    throw new SyntaxError(
      `'${text}' is not the IP address of a name server, such as 1.1.1.1, 1.1.1.1:53 or [::1]:53`,
    );
  }
  if (port !== undefined) return text;
  return v6 ?? text;
}

function isPort(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 65_535;
}
