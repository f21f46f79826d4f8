import { isIP } from 'node:net';

/** An optional sign, a host (`*` for any), a port, and what follows it. */
const ENTRY =
  /^(?<sign>[+-]?)(?<host>\*|\[[^[\]]+\]|[^\s:/?#@\\[\]]+):(?<port>\d{1,5})(?::(?<addresses>.+))?$/;

/** Addresses that the user has given for hosts, in the place of what the name servers say. */
export class HostOverrides {
  /** By host and port, as in `example.com:443`; the host `*` is any. */
  readonly #addresses = new Map<string, readonly string[]>();

  /**
   * @param entries in the syntax of curl's `--resolve`: `HOST:PORT:ADDR[,ADDR]…`. The host `*` is any,
   *   and addresses may be in brackets. A later entry replaces an earlier one of the same host and
   *   port, and `-HOST:PORT` removes it. A `+` before the host is accepted and ignored: it is about
   *   how long curl keeps the entry, and here all are kept for the run.
   * @throws SyntaxError, with one line that says which entry is wrong
   */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#take(entry);
  }

  /**
   * @param host as in `URL.hostname`; case, brackets and a dot at its end do not matter
   * @returns IP addresses without brackets, in the order given; undefined when the name servers are
   *   to be asked
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

/** The host as URLs have it: names with other letters than ASCII's are in Punycode there. */
function hostOf(name: string): string | undefined {
  if (name === '*') return name;
  const hostname = URL.parse(`http://${name}`)?.hostname;
  return hostname === undefined ? undefined : normalized(hostname);
}

function normalized(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}
