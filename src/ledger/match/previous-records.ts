import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { INDEX_BY_HASH, INDEX_BY_PATH, IS_DONE } from '../schema.ts';
import { type HashedIdentity, KNOWN_COLUMNS, type KnownRow, knownRow } from './known-row.ts';

/**
 * Looks up records by hash, id or path, for rows that are not next in the {@link ReplayCursor}. An index
 * is made when it is first needed, which takes a second for a million rows, and is kept up from then on.
 * A list that only grows, and has no row twice, never needs one.
 */
export class PreviousRecords {
  readonly #database: DatabaseSync;
  #byId: StatementSync | undefined;
  #byHash: StatementSync | undefined;
  #byPath: StatementSync | undefined;

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
  find({ hash, url, name, occurrence }: HashedIdentity): number | undefined {
    this.#byHash ??= this.#prepared(
      `SELECT id FROM records INDEXED BY records_by_hash
       WHERE hash = ? AND url = ? AND name IS ? AND occurrence = ?`,
      INDEX_BY_HASH,
    );
    return idIn(this.#byHash.get(hash, url, name, occurrence));
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
