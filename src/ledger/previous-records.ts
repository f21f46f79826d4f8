import { sep } from 'node:path';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Status } from '../model/outcome.ts';
import { type Ahead, ReadAhead } from './read-ahead.ts';
import type { PreviousRecord } from './record.ts';
import type { RowKey } from './row-key.ts';

const COLUMNS = 'status, run, seen, path, bytes, digest, etag, last_modified';

/** Where the values that follow those of COLUMNS are. */
const ID = 8;
const KEY = 9;

/**
 * Looks records up by their keys: as little of them as a run needs, since it asks for each row. In
 * the order in which they were written, which is about that of the list, they are read in pieces.
 */
export class PreviousRecords {
  readonly #byKey: StatementSync;
  readonly #following: StatementSync;
  readonly #byPath: StatementSync;
  readonly #ahead: ReadAhead<PreviousRecord>;
  /** The last record of earlier runs: without any there is nothing to look up. */
  readonly #last: number;

  constructor(database: DatabaseSync) {
    this.#byKey = database.prepare(`SELECT ${COLUMNS}, id FROM rows WHERE key = ?`);
    this.#following = database.prepare(
      `SELECT ${COLUMNS}, id, lower(hex(key)) FROM rows WHERE id > ? ORDER BY id LIMIT ?`,
    );
    // A row that failed later may still have the path of a file that has become another's since.
    this.#byPath = database.prepare(`SELECT lower(hex(key)) AS key FROM rows WHERE path = ?
      ORDER BY status IN ('ok', 'skipped') DESC, run DESC LIMIT 1`);
    // Arrays: objects with the columns' names would only be taken apart again.
    this.#byKey.setReturnArrays(true);
    this.#following.setReturnArrays(true);
    this.#ahead = new ReadAhead((after, limit) => this.#readFollowing(after, limit));
    this.#last = Number(database.prepare('SELECT max(id) AS id FROM rows').get()?.id ?? 0);
  }

  /** What was there for a key before this run. */
  get(key: RowKey): PreviousRecord | undefined {
    if (this.#last === 0) return undefined;
    const known = this.#ahead.take(key);
    if (known !== undefined) return known;
    const values = this.#lookUp(key);
    if (values === undefined) return undefined;
    this.#ahead.missed(values[ID] as number);
    return toRecord(values);
  }

  /** What is there for a key now: not what was recorded in the last 100 ms. */
  getNow(key: RowKey): PreviousRecord | undefined {
    const values = this.#lookUp(key);
    return values && toRecord(values);
  }

  /** The row that was last saved under `path`, which is relative to the directory. */
  ownerOf(path: string): RowKey | undefined {
    const row = this.#byPath.get(path.replaceAll(sep, '/'));
    return row && String(row.key);
  }

  #lookUp(key: RowKey): SQLOutputValue[] | undefined {
    return this.#byKey.get(Buffer.from(key, 'hex')) as SQLOutputValue[] | undefined;
  }

  #readFollowing(after: number, limit: number): Ahead<PreviousRecord>[] {
    const rows = this.#following.all(after, limit) as unknown as SQLOutputValue[][];
    return rows.map((values) => ({
      id: values[ID] as number,
      key: values[KEY] as string,
      record: toRecord(values),
    }));
  }
}

function toRecord(values: readonly SQLOutputValue[]): PreviousRecord {
  const [status, run, seen, path, bytes, digest, etag, lastModified] = values;
  return {
    status: status as Status,
    run: run as number,
    seen: seen as number,
    path: (path as string | null) ?? undefined,
    bytes: bytes as number,
    digest: (digest as string | null) ?? undefined,
    etag: (etag as string | null) ?? undefined,
    lastModified: (lastModified as string | null) ?? undefined,
  };
}
