import { isIPv4, isIPv6 } from 'node:net';

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
