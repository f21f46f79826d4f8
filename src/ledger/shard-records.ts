/**
 * The rows of a tar shard are recorded just before the shard is published, so that a row is never saved
 * twice. A run that is killed in between leaves records of rows whose shard is not there. A file beside the
 * ledger names that shard: readers do not count its rows as saved, and the next run takes them back.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ROW_FIELDS } from '../model/row-fields.ts';
import { noticePath } from './folder.ts';
import type { ThrownFailures } from './thrown-failures.ts';

/** What the shard's rows are now, by their column. */
const TAKEN_BACK: Readonly<Record<string, string>> = {
  status: "'cancelled'",
  reason: "'cancelled'",
  path: 'NULL',
};

/**
 * Notes the object whose rows are being recorded, such as `00012.tar`; undefined once it is published.
 * @throws the file system's errors
 */
export function noteUnpublished(directory: string, object: string | undefined): void {
  const path = noticePath(directory);
  // The name is ours, and has no line ends.
  rmSync(path, { force: true });
  // `wx` opens neither another program's file nor the target of a link.
  if (object !== undefined) writeFileSync(path, `${object}\n`, { flag: 'wx' });
}

/** The object whose rows a killed run was recording; undefined after any other end. */
function unpublishedObject(directory: string): string | undefined {
  try {
    const [name = ''] = readFileSync(noticePath(directory), 'utf8').split('\n');
    return /^\d+\.tar$/.test(name) ? name : undefined;
  } catch {
    // There is none, or it cannot be read: then neither can the ledger, which says so.
    return undefined;
  }
}

/** What the paths of the files in an object begin with, as a pattern of GLOB. */
function within(object: string): string {
  return `${object}/*`;
}

/** What the ledger has of tar shards, for the sink that publishes them. */
export class ShardRecords {
  readonly #directory: string;
  readonly #database: DatabaseSync;
  readonly #failures: ThrownFailures;

  constructor(directory: string, database: DatabaseSync, failures: ThrownFailures) {
    this.#directory = directory;
    this.#database = database;
    this.#failures = failures;
  }

  /** The shard that a killed run was publishing, such as `00012.tar`. */
  get unpublished(): string | undefined {
    return unpublishedObject(this.#directory);
  }

  /**
   * The highest number of a shard that a row is recorded in.
   * @returns undefined when no row is in a shard @throws BrokenRunError when the ledger cannot be read
   */
  get last(): number | undefined {
    const sql = `SELECT max(CAST(path AS INTEGER)) AS last FROM records WHERE path GLOB '[0-9]*.tar/*'`;
    return this.#failures.guard(() => {
      const { last = null } = this.#database.prepare(sql).get() ?? {};
      return last === null ? undefined : Number(last);
    });
  }

  /** See {@link noteUnpublished}. */
  note(shard: string | undefined): void {
    noteUnpublished(this.#directory, shard);
  }

  /**
   * The rows of this shard are not saved: it was never published. Called before any row is taken up.
   * @throws BrokenRunError when the ledger cannot be written
   */
  takeBack(shard: string): void {
    const set = Object.entries(TAKEN_BACK).map(([column, value]) => `${column} = ${value}`);
    const sql = `UPDATE records SET ${set.join(', ')} WHERE path GLOB ?`;
    this.#failures.guard(() => this.#database.prepare(sql).run(within(shard)));
  }
}

/**
 * Has readers of `rows` see what {@link ShardRecords.takeBack} would make of them.
 * @param directory with the ledger; objects may be in it
 */
export function hideUnpublished(database: DatabaseSync, directory: string): void {
  const object = unpublishedObject(directory);
  if (object === undefined || existsSync(join(directory, object))) return;
  const columns = ROW_FIELDS.map(({ column }) => {
    const value = TAKEN_BACK[column];
    return value === undefined
      ? column
      : `iif(path GLOB '${within(object)}', ${value}, ${column}) AS ${column}`;
  });
  database.exec(`CREATE TEMP VIEW rows AS
    SELECT id, occurrence, run, seen, ${columns.join(', ')}, details FROM main.rows`);
}
