import { hash } from 'node:crypto';

/** Identifies a row from run to run. Its place in the list does not count. */
export interface RowIdentity {
  /** Without user and password: the ledger stores neither, and a row read from it must be the same row. */
  readonly url: string;
  readonly name: string | null;
  /** Its number among the rows with this URL and name, from 1. */
  readonly occurrence: number;
}

/** An identity with its hash. */
export interface HashedIdentity extends RowIdentity {
  /** The identity as one text, unique to the row. */
  readonly text: string;
  /**
   * 52 bits of the text's SHA-256, to find the row by. The identity is compared as well, so two rows with
   * the same hash cost time and nothing else.
   */
  readonly hash: number;
}

/** Hex digits of the SHA-256 that a number can hold exactly. */
const DIGITS = 13;

export function hashedIdentity(
  url: string,
  name: string | null,
  occurrence: number,
): HashedIdentity {
  // Neither a URL nor a name contains a line end (names lose theirs), so the text is unambiguous.
  const text = `${url}\n${name ?? ''}\n${occurrence}`;
  const digits = hash('sha256', text, 'hex').slice(0, DIGITS);
  return { url, name, occurrence, text, hash: Number.parseInt(digits, 16) };
}
