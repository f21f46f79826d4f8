import { hash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { RowRecord } from '../../model/row-fields.ts';
import { INDEX_BY_DIGEST, INDEX_BY_HASH, INDEX_BY_PATH, IS_DONE } from '../schema.ts';

/** Identifies a row from run to run. Its place in the list does not count. */
interface RowIdentity {
  /** Without user and password: the ledger stores neither, and a row read from it must be the same row. */
  readonly url: string;
  readonly name: string | null;
  /** What identifies the row in place of URL and name; null where these do. */
  readonly key: string | null;
  /** Its number among the rows with this key, or this URL and name, from 1. */
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
  key: string | null = null,
): HashedIdentity {
  // Neither a URL nor a name contains a line end (names lose theirs), so the text is unambiguous.
  const text = key === null ? `${url}\n${name ?? ''}\n${occurrence}` : `\n${key}\n${occurrence}`;
  const digits = hash('sha256', text, 'hex').slice(0, DIGITS);
  return { url, name, key, occurrence, text, hash: Number.parseInt(digits, 16) };
}

/** What an earlier run recorded of a row: as much as decides whether it is done. */
export interface PreviousRecord
  extends Pick<
    RowRecord,
    'path' | 'bytes' | 'digest' | 'checksum' | 'savedAt' | 'etag' | 'lastModified' | 'duplicateOf'
  > {
  /** It ended `ok` or `skipped`. */
  readonly isDone: boolean;
}

/** A record of an earlier run, and the row that it belongs to. */
export interface KnownRow extends RowIdentity, PreviousRecord {
  readonly id: number;
  readonly hash: number;
}

/** The columns of `records` that {@link knownRow} takes, in its order. */
export const KNOWN_COLUMNS: string = `id, hash, occurrence, key, url, name, ${IS_DONE}, path, bytes, digest, etag,
  last_modified, checksum, coalesce(saved_at, iif(${IS_DONE}, started_at + elapsed, NULL)), duplicate_of`;

/** @param values those of {@link KNOWN_COLUMNS}; each has the type that its column has in a STRICT table */
export function knownRow(values: readonly SQLOutputValue[]): KnownRow {
  const [
    id,
    hash,
    occurrence,
    key,
    url,
    name,
    isDone,
    path,
    bytes,
    digest,
    etag,
    lastModified,
    checksum,
    savedAt,
    duplicateOf,
  ] = values as [
    number,
    number,
    number,
    Text,
    string,
    Text,
    number,
    Text,
    number,
    Text,
    Text,
    Text,
    Text,
    number | null,
    Text,
  ];
  return {
    id,
    hash,
    occurrence,
    key,
    url,
    name,
    isDone: isDone === 1,
    path: path ?? undefined,
    bytes,
    digest: digest ?? undefined,
    etag: etag ?? undefined,
    lastModified: lastModified ?? undefined,
    checksum: checksum ?? undefined,
    savedAt: savedAt ?? undefined,
    duplicateOf: duplicateOf ?? undefined,
  };
}

type Text = string | null;

/**
 * Looks up records by hash, id, path or digest, for rows that are not next in the {@link ReplayCursor}. An index
 * is made when it is first needed, which takes a second for a million rows, and is kept up from then on.
 * A list that only grows, and has no row twice, never needs one.
 */
export class PreviousRecords {
  readonly #database: DatabaseSync;
  #byId: StatementSync | undefined;
  #byHash: StatementSync | undefined;
  #byPath: StatementSync | undefined;
  #byDigest: StatementSync | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The highest id; 0 when there is no record. */
  get last(): number {
    return Number(this.#database.prepare('SELECT max(id) AS id FROM records').get()?.id ?? 0);
  }

  /** Records of ids below this one. */
  countBelow(id: number): number {
    const sql = 'SELECT count(*) AS count FROM records WHERE id < ?';
    return Number(this.#database.prepare(sql).get(id)?.count);
  }

  /** The record's id; undefined when there is none, or not yet: records are some 100 ms late. */
  find({ hash, url, name, key, occurrence }: HashedIdentity): number | undefined {
    this.#byHash ??= this.#prepared(
      `SELECT id FROM records INDEXED BY records_by_hash
       WHERE hash = ? AND key IS ? AND (key IS NOT NULL OR (url = ? AND name IS ?)) AND occurrence = ?`,
      INDEX_BY_HASH,
    );
    return idIn(this.#byHash.get(hash, key, url, name, occurrence));
  }

  byId(id: number): KnownRow | undefined {
    this.#byId ??= this.#prepared(`SELECT ${KNOWN_COLUMNS} FROM records WHERE id = ?`);
    const values = this.#byId.get(id) as SQLOutputValue[] | undefined;
    return values && knownRow(values);
  }

  /** The id of the row that was last saved at `path`, which is relative to the directory, with slashes. */
  ownerOf(path: string): number | undefined {
    // A row that failed later may still have the path of a file that now belongs to another row.
    this.#byPath ??= this.#prepared(
      `SELECT id FROM records WHERE path = ?
       ORDER BY ${IS_DONE} DESC, run DESC LIMIT 1`,
      INDEX_BY_PATH,
    );
    return idIn(this.#byPath.get(path));
  }

  /** A row that is done and has a file with this digest. */
  withDigest(digest: string): KnownRow | undefined {
    this.#byDigest ??= this.#prepared(
      `SELECT ${KNOWN_COLUMNS} FROM records WHERE digest = ? AND path IS NOT NULL AND ${IS_DONE}
       ORDER BY duplicate_of IS NOT NULL, run DESC LIMIT 1`,
      INDEX_BY_DIGEST,
    );
    const values = this.#byDigest.get(digest) as SQLOutputValue[] | undefined;
    return values && knownRow(values);
  }

  #prepared(sql: string, index?: string): StatementSync {
    if (index !== undefined) this.#database.exec(index);
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }
}

/** The only column of a row, where there is a row. */
function idIn(row: unknown): number | undefined {
  return (row as [number] | undefined)?.[0];
}
