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
