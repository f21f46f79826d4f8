import { hash } from 'node:crypto';

/** What makes a row the same row from run to run. Where in the list it stands does not matter. */
export interface RowIdentity {
  /** Without user and password: the ledger has none, and a row that comes from it must be the same. */
  readonly url: string;
  readonly name: string | null;
  /** Which of the rows with this URL and name it is, from 1. */
  readonly occurrence: number;
}

/** An identity, ready to be looked up. */
export interface HashedIdentity extends RowIdentity {
  /** The identity as one text: two rows have the same only if they are the same row. */
  readonly text: string;
  /**
   * 52 bits of the text's SHA-256. They say where to look. Which row it is, the identity itself
   * decides: two rows with one hash cost time, and nothing else.
   */
  readonly hash: number;
}

/** Hex digits of the SHA-256 that are used: as many as a number holds exactly. */
const DIGITS = 13;

export function hashedIdentity(
  url: string,
  name: string | null,
  occurrence: number,
): HashedIdentity {
  // No URL and no name has a line end in it that the other could be cut at: names lose theirs.
  const text = `${url}\n${name ?? ''}\n${occurrence}`;
  const digits = hash('sha256', text, 'hex').slice(0, DIGITS);
  return { url, name, occurrence, text, hash: Number.parseInt(digits, 16) };
}
