/** How the limit of an origin is split among those that have rows for it. */
export interface Split {
  /** What each may have of the origin, up to its demand. */
  readonly level: number;
  /** What each may have beyond that: the part of the limit that no demand needs, in equal parts. */
  readonly headroom: number;
  /** Whether some have less than their part, as others have not given it back yet. */
  readonly isShort: boolean;
}

/** What one of them has, and could use. */
export interface Claim {
  /** How many requests it may have in flight: it has them until it gives them back. */
  readonly share: number;
  /** How many requests it could have in flight now. */
  readonly demand: number;
}

/**
 * Splits a limit by max-min fairness (Bertsekas and Gallager, "Data Networks", section 6.5.2): those with
 * little demand have all of it, and the others as much as each other. Shares are whole numbers, so the last
 * `limit - sum` of them go to those that come first.
 *
 * @param limit requests at a time, >= 1
 */
export function split(limit: number, claims: readonly Claim[]): Split {
  const demands = claims.map(({ demand }) => demand).sort((a, b) => a - b);
  let left = limit;
  let level = 0;
  for (const [index, demand] of demands.entries()) {
    const even = Math.floor(left / (demands.length - index));
    if (demand > even) {
      level = even;
      left -= even * (demands.length - index);
      return { level, headroom: 0, isShort: isShort(claims, level) };
    }
    level = demand;
    left -= demand;
  }
  const headroom = claims.length === 0 ? 0 : Math.floor(left / claims.length);
  return { level, headroom, isShort: isShort(claims, level) };
}

function isShort(claims: readonly Claim[], level: number): boolean {
  return claims.some(({ share, demand }) => share < Math.min(demand, level));
}

/**
 * How many requests one of them may have, if as many are free.
 * @param demand how many it could use
 */
export function entitlement({ level, headroom, isShort }: Split, demand: number): number {
  if (demand <= level) return demand + headroom;
  // The rest of the division. It is given back as long as others have not even their level.
  return level + headroom + (isShort || headroom > 0 ? 0 : 1);
}

/** How many of `limit` no claim has. */
export function freeOf(limit: number, claims: readonly Claim[]): number {
  return Math.max(0, limit - claims.reduce((sum, { share }) => sum + share, 0));
}
