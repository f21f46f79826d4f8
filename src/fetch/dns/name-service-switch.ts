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
