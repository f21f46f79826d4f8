import { hash } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import type { RowRecord } from '../../model/row-fields.ts';
import { IS_DONE } from '../schema.ts';

/** Identifies a row from run to run. Its place in the list does not count. */
interface RowIdentity {
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

/** What an earlier run recorded of a row: as much as decides whether it is done. */
export interface PreviousRecord
  extends Pick<RowRecord, 'path' | 'bytes' | 'digest' | 'etag' | 'lastModified'> {
  /** It ended `ok` or `skipped`. */
  readonly isDone: boolean;
}

/** A record of an earlier run, and the row that it belongs to. */
export interface KnownRow extends RowIdentity, PreviousRecord {
  readonly id: number;
  readonly hash: number;
}

/** The columns of `records` that {@link knownRow} takes, in its order. */
export const KNOWN_COLUMNS: string = `id, hash, occurrence, url, name, ${IS_DONE}, path, bytes, digest, etag, last_modified`;

/** @param values those of {@link KNOWN_COLUMNS}; each has the type that its column has in a STRICT table */
export function knownRow(values: readonly SQLOutputValue[]): KnownRow {
  const [id, hash, occurrence, url, name, isDone, path, bytes, digest, etag, lastModified] =
    values as [number, number, number, string, Text, number, Text, number, Text, Text, Text];
  return {
    id,
    hash,
    occurrence,
    url,
    name,
    isDone: isDone === 1,
    path: path ?? undefined,
    bytes,
    digest: digest ?? undefined,
    etag: etag ?? undefined,
    lastModified: lastModified ?? undefined,
  };
}

type Text = string | null;
