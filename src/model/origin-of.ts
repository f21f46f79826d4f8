/** What of a URL its origin depends on. Not with spaces and the like: URLs are rid of some of them. */
const AUTHORITY = /^https?:\/\/[^/?#\\ \p{Cc}]+(?=[/?#\\]|$)/iu;

/** Lists have few origins for each thousand URLs; when not, this many are remembered. */
const MOST_KNOWN = 1000;

const known = new Map<string, string>();

/**
 * The origin of a URL, as `URL.origin` has it, for a tenth of the cost.
 * @throws TypeError for a URL that is none
 */
export function originOf(url: string): string {
  const authority = AUTHORITY.exec(url)?.[0];
  if (authority === undefined) return new URL(url).origin;
  let origin = known.get(authority);
  if (origin === undefined) {
    origin = new URL(authority).origin;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(authority, origin);
  }
  return origin;
}
