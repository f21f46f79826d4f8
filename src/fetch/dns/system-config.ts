import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The part of resolv.conf(5) that is used here; c-ares reads the name servers and the rest. */
export interface ResolvConf {
  /** Domains that are appended to names with few dots. */
  readonly search: readonly string[];
  /** A name with at least this many dots is first tried as it is. */
  readonly ndots: number;
  /** The longest wait for an answer before asking again, in ms. */
  readonly timeout: number;
  /** How often each name server is asked. */
  readonly attempts: number;
}

/** The defaults and upper bounds in resolv.conf(5). */
const DEFAULT_TIMEOUT = 5;
const MOST_TIMEOUT = 30;
const DEFAULT_ATTEMPTS = 2;
const MOST_ATTEMPTS = 5;
const MOST_NDOTS = 15;

/**
 * Reads the contents of `/etc/resolv.conf`. Like glibc, it ignores invalid lines.
 * @param hostname of this machine: its domain is searched when the file names none
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
 * The names to try for a host, in order, by `search` and `ndots` of resolv.conf(5). A name that
 * ends in a dot is not changed.
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

/** Reads the contents of `/etc/hosts` (hosts(5)), without invalid lines. */
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

/** When the system is asked for a name: `never`, `first` (before DNS), or `after` DNS found nothing. */
type SystemPart = 'never' | 'first' | 'after';

/** Decides for a host when the system is asked. */
export type SystemPolicy = (host: string) => SystemPart;

/** Multicast DNS (RFC 6762): its modules resolve `.local`. */
const MDNS = /^mdns/;
const LOCAL = /(?:^|\.)local\.?$/i;

/** Modules for names without a dot that DNS does not know, such as those of this machine. */
const SINGLE_LABELS = new Set(['resolve', 'myhostname', 'mymachines', 'libvirt', 'libvirt_guest']);

/**
 * Reads the line `hosts:` of nsswitch.conf(5). DNS itself is asked through c-ares, many names at a
 * time. The system, whose look-ups cannot be cancelled, is asked only for what DNS does not know.
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

/** Global unicast addresses, 2000::/3 (RFC 4291 section 2.4). */
const GLOBAL = /^[23][0-9a-f]{3}:/i;

/**
 * Whether this machine has an IPv6 address on the public Internet. If not, AAAA records are only of
 * use for hosts without an A record, as with AI_ADDRCONFIG of getaddrinfo(3).
 */
export function hasGlobalIpv6(interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .some(
      ({ family, internal, address }) => family === 'IPv6' && !internal && GLOBAL.test(address),
    );
}
