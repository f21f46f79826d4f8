import { BlockList, isIP } from 'node:net';
import { portOf } from '../transport/destination.ts';

/** Whether a URL is asked for directly. */
export type Exception = (url: URL) => boolean;

/**
 * Reads a `NO_PROXY`: entries separated by commas or blanks.
 *
 * - `example.com`, `.example.com`, `*.example.com`: this host, and all hosts below it
 * - `10.0.0.1`, `::1`, `[::1]`: an address, in any spelling
 * - `10.0.0.0/8`, `fd00::/8`: a range of addresses (RFC 4632, RFC 4291 section 2.3)
 * - each of the first two with a port: `localhost:8080`, `[::1]:8080`
 * - `*`: every host
 *
 * Addresses and ranges match addresses in URLs; names are not looked up for them. As in curl, an
 * invalid entry matches nothing.
 */
export function exceptionsOf(text: string): Exception[] {
  return text.split(/[\s,]+/).flatMap((entry) => exceptionOf(entry) ?? []);
}

function exceptionOf(entry: string): Exception | undefined {
  if (entry === '*') return () => true;
  const { host, port } = partsOf(entry);
  const isHost = hostTest(host);
  if (isHost === undefined) return undefined;
  if (port === undefined) return (url) => isHost(hostOf(url));
  return (url) => portOf(url) === port && isHost(hostOf(url));
}

/** The host of an entry, without brackets, and its port. An IPv6 address with a port has brackets. */
function partsOf(entry: string): { host: string; port?: number | undefined } {
  const [, bracketed, rest = ''] = /^\[([^\]]*)\](.*)$/.exec(entry) ?? [];
  if (bracketed !== undefined) {
    // In a range, brackets may surround the address alone.
    if (rest.startsWith('/')) return { host: bracketed + rest };
    return { host: bracketed, port: rest === '' ? undefined : Number(rest.slice(1)) };
  }
  const [, host, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return host === undefined ? { host: entry } : { host, port: Number(port) };
}

/** @returns undefined for what is neither a name, an address nor a range */
function hostTest(host: string): ((asked: string) => boolean) | undefined {
  // A zone belongs to this machine, and is in no URL.
  const [address = '', prefix] = (host.includes(':') ? host.replace(/%[^/]*/, '') : host).split(
    '/',
  );
  const family = isIP(address);
  if (family !== 0) return rangeTest(address, family, prefix);
  if (prefix !== undefined) return undefined;
  const name = canonical(host.replace(/^\*?\./, ''));
  // The URL standard reads `1.2` as an address; an entry may not mean that.
  if (name === undefined || isIP(name) !== 0) return undefined;
  return (asked) => asked === name || asked.endsWith(`.${name}`);
}

function rangeTest(address: string, family: number, prefix: string | undefined) {
  const longest = family === 4 ? 32 : 128;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest)) {
    return undefined;
  }
  const range = new BlockList();
  range.addSubnet(address, Number(prefix ?? longest), family === 4 ? 'ipv4' : 'ipv6');
  return (asked: string) => {
    const askedFamily = isIP(asked);
    // Node also matches IPv4 addresses with IPv6 ranges, in their mapped form: `::/0` would match.
    if (askedFamily === 0 || (family === 6 && askedFamily === 4)) return false;
    return range.check(asked, askedFamily === 4 ? 'ipv4' : 'ipv6');
  };
}

/** The host of a URL, in the form of entries. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$|\.$/g, '');
}

/** A name in the form of URLs: in lower case, and Punycode. */
function canonical(name: string): string | undefined {
  const url = URL.parse(`http://${name}/`);
  // A name has neither a port nor a path.
  return url === null || url.pathname !== '/' || url.port !== '' ? undefined : hostOf(url);
}
