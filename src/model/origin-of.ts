/** What of a URL its origin depends on. Not with spaces and the like: URLs are rid of some of them. */
const AUTHORITY = /^https?:\/\/[^/?#\\ \p{Cc}]+(?=[/?#\\]|$)/iu;

/**
 * Lists have few origins for each thousand URLs; when not, up to twice as many as this are remembered: those
 * met since a generation began, and those met in the one before.
 */
const GENERATION = 500;

let young = new Map<string, string>();
let old = new Map<string, string>();

/**
 * The origin of a URL, as `URL.origin` has it, for a tenth of the cost.
 * @throws TypeError for a URL that is none
 */
export function originOf(url: string): string {
  const authority = AUTHORITY.exec(url)?.[0];
  if (authority === undefined) return new URL(url).origin;
  let origin = young.get(authority);
  if (origin !== undefined) return origin;
  origin = old.get(authority) ?? new URL(authority).origin;
  if (young.size >= GENERATION) [young, old] = [new Map(), young];
  young.set(authority, origin);
  return origin;
}
