import { ALL_COUNTRIES, MOST_POPULOUS } from './country-codes.ts';

/** What the command line says about which flags are wanted. */
export interface Selection {
  /** Codes, or first letters of codes, in any case. */
  readonly codes: readonly string[];
  /** Every country there is. */
  readonly all?: boolean | undefined;
  /** Every two-letter code, whether there is such a country or not. */
  readonly every?: boolean | undefined;
  /** Only the first so many, after sorting. */
  readonly limit?: number | undefined;
}

const LETTERS: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/**
 * The codes selected, sorted, each once; the 20 most populous countries when nothing is.
 * @throws RangeError for what is neither a letter nor two
 */
export function selectCodes({ codes, all, every, limit }: Selection): string[] {
  const selected = every
    ? LETTERS.flatMap(startingWith)
    : all
      ? ALL_COUNTRIES
      : codes.length > 0
        ? codes.flatMap(expand)
        : MOST_POPULOUS;
  return [...new Set(selected)].sort().slice(0, limit);
}

/** `B` is BA … BZ, `br` is BR. */
function expand(code: string): string[] {
  // Before the upper case is taken, which makes SS of ß.
  if (!/^[A-Za-z]{1,2}$/.test(code)) {
    throw new RangeError('each CC argument must be A to Z or AA to ZZ.');
  }
  const upper = code.toUpperCase();
  return upper.length === 1 ? startingWith(upper) : [upper];
}

function startingWith(first: string): string[] {
  return LETTERS.map((second) => first + second);
}
