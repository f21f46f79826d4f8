import { ALL_COUNTRIES, MOST_POPULOUS } from './country-codes.ts';

/** The selection of flags on the command line. */
export interface Selection {
  /** Codes, or first letters of codes, in any case. */
  readonly codes: readonly string[];
  /** All countries. */
  readonly all?: boolean | undefined;
  /** All two-letter codes, whether they are countries or not. */
  readonly every?: boolean | undefined;
  /** The most codes to take, after sorting. */
  readonly limit?: number | undefined;
}

const LETTERS: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/**
 * The selected codes, sorted, without duplicates. With an empty selection, the 20 most populous countries.
 * @throws RangeError for an argument that is neither one letter nor two
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
  // Checked before toUpperCase(), which turns ß into SS.
  if (!/^[A-Za-z]{1,2}$/.test(code)) {
    throw new RangeError('each CC argument must be A to Z or AA to ZZ.');
  }
  const upper = code.toUpperCase();
  return upper.length === 1 ? startingWith(upper) : [upper];
}

function startingWith(first: string): string[] {
  return LETTERS.map((second) => first + second);
}
