import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { KNOWN_COLUMNS, rowAt, toChunk } from './known-chunk.ts';
import type { KnownRow } from './record.ts';
import type { HashedIdentity } from './row-identity.ts';
import { INDEX_BY_HASH, INDEX_BY_PATH } from './schema.ts';

/**
 * Looks records up, wherever they are: for rows that the {@link Lineup} does not have. The indexes
 * that this needs are made when they are first needed, a second for each million rows, and kept up
 * from then on. A list that only grows, and names no row twice, never needs them.
 */
export class PreviousRecords {
  readonly #database: DatabaseSync;
  readonly #directory: string;
  #byId: StatementSync | undefined;
  #byHash: StatementSync | undefined;
  #byPath: StatementSync | undefined;

  /** @param directory where the rows' files are looked for */
  constructor(database: DatabaseSync, directory: string) {
    this.#database = database;
    this.#directory = directory;
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

  /** @returns undefined when there is no such record, or not yet: records are some 100 ms late */
  find({ hash, url, name, occurrence }: HashedIdentity): KnownRow | undefined {
    this.#byHash ??= this.#prepared(
      `SELECT ${KNOWN_COLUMNS} FROM records INDEXED BY records_by_hash
       WHERE hash = ? AND url = ? AND name IS ? AND occurrence = ?`,
      INDEX_BY_HASH,
    );
    return this.#toRow(this.#byHash.get(hash, url, name, occurrence));
  }

  byId(id: number): KnownRow | undefined {
    this.#byId ??= this.#prepared(`SELECT ${KNOWN_COLUMNS} FROM records WHERE id = ?`);
    return this.#toRow(this.#byId.get(id));
  }

  /** The id of the row that was last saved under `path`, which is relative to the directory, with slashes. */
  ownerOf(path: string): number | undefined {
    // A row that failed later may still have the path of a file that has become another's since.
    this.#byPath ??= this.#prepared(
      `SELECT id FROM records WHERE path = ?
       ORDER BY status IN ('ok', 'skipped') DESC, run DESC LIMIT 1`,
      INDEX_BY_PATH,
    );
    const row = this.#byPath.get(path) as SQLOutputValue[] | undefined;
    return row && Number(row[0]);
  }

  #prepared(sql: string, index?: string): StatementSync {
    if (index !== undefined) this.#database.exec(index);
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  #toRow(values: unknown): KnownRow | undefined {
    if (values === undefined) return undefined;
    return rowAt(toChunk([values as SQLOutputValue[]], this.#directory), 0);
  }
}
