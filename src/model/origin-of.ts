/**
 * The part of a URL that its origin depends on. URLs with spaces and controls are left to the URL parser.
 */
const AUTHORITY = /^https?:\/\/[^/?#\\ \p{Cc}]+(?=[/?#\\]|$)/iu;

/**
 * Origins of a generation. Most lists have few origins for each thousand URLs. Otherwise the origins of
 * the present generation and of the one before are remembered.
 */
const GENERATION = 500;

let young = new Map<string, string>();
let old = new Map<string, string>();

/**
 * The origin of a URL, as `URL.origin` has it, for a tenth of the cost.
 * @throws TypeError for an invalid URL
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
