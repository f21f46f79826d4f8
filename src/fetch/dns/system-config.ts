import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What of resolv.conf(5) this module goes by itself; c-ares reads the name servers and the rest. */
export interface ResolvConf {
  /** Domains that are tried below names with few dots. */
  readonly search: readonly string[];
  /** A name with at least so many dots is tried as it is first. */
  readonly ndots: number;
  /** How long to wait for an answer before asking again, in ms, at most. */
  readonly timeout: number;
  /** How often to ask each name server. */
  readonly attempts: number;
}

/** The values that resolv.conf(5) gives where the file says nothing, and its upper bounds. */
const DEFAULT_TIMEOUT = 5;
const MOST_TIMEOUT = 30;
const DEFAULT_ATTEMPTS = 2;
const MOST_ATTEMPTS = 5;
const MOST_NDOTS = 15;

/**
 * Reads the contents of `/etc/resolv.conf`; what makes no sense in it is passed over, as glibc does.
 * @param hostname of this machine: its domain is searched where the file names none
 */
export function parseResolvConf(text: string, hostname = ''): ResolvConf {
  let search: readonly string[] = domainOf(hostname);
  const options = new Map<string, number>();
  for (const line of text.split(/\r?\n/)) {
    const [keyword, ...words] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    // The last of these lines counts.
    if (keyword === 'search') search = words.filter((domain) => domain !== '.');
    else if (keyword === 'domain') search = words.slice(0, 1);
    else if (keyword === 'options') {
      for (const word of words) {
        const [, name, value] = /^(ndots|timeout|attempts):(\d+)$/.exec(word) ?? [];
        if (name !== undefined) options.set(name, Number(value));
      }
    }
  }
  const bounded = (name: string, usual: number, least: number, most: number) =>
    Math.min(Math.max(options.get(name) ?? usual, least), most);
  return {
    search: search.map((domain) => domain.replace(/^\.|\.$/g, '')),
    ndots: bounded('ndots', 1, 0, MOST_NDOTS),
    timeout: bounded('timeout', DEFAULT_TIMEOUT, 1, MOST_TIMEOUT) * 1000,
    attempts: bounded('attempts', DEFAULT_ATTEMPTS, 1, MOST_ATTEMPTS),
  };
}

function domainOf(hostname: string): string[] {
  const dot = hostname.indexOf('.');
  return dot === -1 || dot === hostname.length - 1 ? [] : [hostname.slice(dot + 1)];
}

/**
 * The names to ask for, in this order: resolv.conf(5) on `search` and `ndots`. A name that ends in a
 * dot is asked for as it is.
 */
export function candidatesFor(host: string, { search, ndots }: ResolvConf): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  if (search.length === 0) return [host];
  const below = search.map((domain) => `${host}.${domain}`);
  const dots = host.split('.').length - 1;
  return dots >= ndots ? [host, ...below] : [...below, host];
}

/** Addresses by name, in lower case. */
export type Hosts = ReadonlyMap<string, readonly string[]>;

/** Reads the contents of `/etc/hosts` (hosts(5)); lines that make no sense are passed over. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names.map((each) => each.toLowerCase())) {
      const addresses = hosts.get(name);
      if (addresses === undefined) hosts.set(name, [address]);
      else if (!addresses.includes(address)) addresses.push(address);
    }
  }
  return hosts;
}

/**
 * Which names are the system's to resolve: `never` by DNS alone, `first` before DNS, `after` once DNS
 * knows no such name.
 */
type SystemPart = 'never' | 'first' | 'after';

/** Says which part the system has in resolving a host. */
export type SystemPolicy = (host: string) => SystemPart;

/** Multicast DNS (RFC 6762): its modules answer for `.local`. */
const MDNS = /^mdns/;
const LOCAL = /(?:^|\.)local\.?$/i;

/** What a module answers that DNS does not: names without a dot, such as this machine's and its neighbours'. */
const SINGLE_LABELS = new Set(['resolve', 'myhostname', 'mymachines', 'libvirt', 'libvirt_guest']);

/**
 * Reads the line `hosts:` of nsswitch.conf(5). DNS itself is asked by c-ares, many names at a time;
 * the system, whose look-ups cannot be cancelled, only for what DNS does not know.
 */
export function systemPolicyOf(nsswitch: string): SystemPolicy {
  const line = /^[ \t]*hosts:([^\n#]*)/m.exec(nsswitch)?.[1];
  // glibc's own default is `files dns`.
  if (line === undefined) return () => 'never';
  const modules = line
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  const dns = modules.findIndex((module) => module === 'dns' || module === 'resolve');
  if (dns === -1) return () => 'first';
  const others = modules.filter((module) => !['files', 'dns'].includes(module));
  const hasMdns = others.some((module) => MDNS.test(module));
  const hasResolve = modules.includes('resolve');
  const isOwnFirst = modules
    .slice(0, dns)
    .some((module) => module !== 'files' && !MDNS.test(module) && !SINGLE_LABELS.has(module));
  const answersSingleLabels = others.some((module) => SINGLE_LABELS.has(module));
  const answersMore = others.some((module) => !MDNS.test(module) && !SINGLE_LABELS.has(module));
  return (host) => {
    const isLocal = LOCAL.test(host);
    if (isOwnFirst || (hasMdns && isLocal)) return 'first';
    const isSingleLabel = !host.replace(/\.$/, '').includes('.');
    const isNearby = (answersSingleLabels && isSingleLabel) || (hasResolve && isLocal);
    return answersMore || isNearby ? 'after' : 'never';
  };
}

/** Global unicast (RFC 4291 section 2.4): 2000::/3. */
const GLOBAL = /^[23][0-9a-f]{3}:/i;

/**
 * Whether this machine has an IPv6 address of the public Internet. Without one AAAA records are of no
 * use but for hosts that have no A record: what AI_ADDRCONFIG of getaddrinfo(3) is for.
 */
export function hasGlobalIpv6(interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .some(
      ({ family, internal, address }) => family === 'IPv6' && !internal && GLOBAL.test(address),
    );
}
