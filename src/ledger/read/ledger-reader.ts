import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { STATUSES, type Status } from '../../model/outcome.ts';
import type { Timings } from '../../model/response.ts';
import type { HostTotals, RowGroup } from '../../model/row-group.ts';
import { brokenLedger } from '../database-errors.ts';
import { ledgerPath } from '../folder.ts';
import { checkTables, DirectoryLock, openForReading } from '../open-database.ts';
import { IS_DONE } from '../schema.ts';
import { hideUnpublished } from '../shard-records.ts';
import { type Load, lastArguments, lastRun, loadsOf, type Run } from '../write/runs.ts';
import { SQLITE } from './dialect.ts';
import { Fields, type LedgerRecord, readRecord } from './read-record.ts';
import type { Condition } from './where.ts';

/** The hosts with the most rows, and how many others there are. */
interface Hosts {
  readonly top: readonly HostTotals[];
  readonly others: number;
}

/** The times of a row, and how it ended. */
export interface RowTimes {
  readonly status: Status;
  /** The length of its file. */
  readonly bytes: number;
  readonly attempts: number;
  /** In ms since the epoch; undefined for a row whose turn never came. */
  readonly startedAt?: number | undefined;
  /** In ms. */
  readonly elapsed: number;
  /** In ms since `startedAt`. */
  readonly timings?: Timings | undefined;
}

/** Rows that are read at a time, so that the writer's log is not held for longer. */
const CHUNK = 1000;

/** Reads the ledger of a directory, also while a run writes it. */
export class LedgerReader implements Disposable {
  readonly #directory: string;
  readonly #database: DatabaseSync;

  /** @throws BrokenRunError when there is no ledger, or it cannot be read */
  constructor(directory: string) {
    this.#directory = directory;
    this.#database = openForReading(directory);
    try {
      checkTables(this.#database);
      hideUnpublished(this.#database, directory);
    } catch (error) {
      this.#database.close();
      throw brokenLedger(ledgerPath(directory), error);
    }
  }

  /** Whether a run is using the directory now. */
  get isInUse(): boolean {
    return DirectoryLock.isHeld(this.#directory);
  }

  get lastRun(): Run | undefined {
    return this.#guarded(() => lastRun(this.#database));
  }

  /** The arguments after `command` of the last run that was started by that command. */
  lastArguments(command: string): readonly string[] | undefined {
    return this.#guarded(() => lastArguments(this.#database, command));
  }

  /**
   * The rows that meet the condition by how they ended, the largest group first. The groups add up to
   * {@link count}.
   */
  groups(condition: Condition = EVERY): RowGroup[] {
    // The other columns are those of the row with the least index (sqlite.org/lang_select.html#bareagg).
    const sql = `SELECT status, reason, count(*) AS n, sum(bytes) AS bytes, min(idx), url, message
      FROM rows WHERE ${condition.sql} GROUP BY status, reason ORDER BY n DESC, status, reason`;
    return this.#guarded(() =>
      this.#database
        .prepare(sql)
        .all(...condition.values)
        .map(readGroup),
    );
  }

  /** The hosts with the most rows that meet the condition, `most` of them at most. */
  hosts(most: number, condition: Condition = EVERY): Hosts {
    const sql = `SELECT ${SQLITE.host} AS host, count(*) AS n, sum(NOT ${IS_DONE}) AS not_done,
      sum(iif(${IS_DONE}, bytes, 0)) AS bytes, count(*) OVER () AS hosts
      FROM rows WHERE ${condition.sql} GROUP BY 1 ORDER BY n DESC, host LIMIT ?`;
    const rows = this.#guarded(() => this.#database.prepare(sql).all(...condition.values, most));
    const top = rows.map((row) => ({
      host: String(row.host),
      rows: Number(row.n),
      notDone: Number(row.not_done),
      bytes: Number(row.bytes),
    }));
    return { top, others: Number(rows[0]?.hosts ?? 0) - top.length };
  }

  /** The number of records that meet the condition. */
  count(condition: Condition = EVERY): number {
    const sql = `SELECT count(*) AS n FROM rows WHERE ${condition.sql}`;
    return this.#guarded(() => Number(this.#database.prepare(sql).get(...condition.values)?.n));
  }

  /**
   * The present records that meet the condition, in the order in which they were first written. They are
   * read in pieces, so a record that changes meanwhile may be read before or after that.
   */
  *records(condition: Condition = EVERY): Generator<LedgerRecord, void, undefined> {
    const select = this.#guarded(() =>
      this.#database.prepare(
        `SELECT * FROM rows WHERE id > ? AND id <= ? AND ${condition.sql} ORDER BY id LIMIT ?`,
      ),
    );
    const last = this.#guarded(() =>
      this.#database.prepare('SELECT max(id) AS id FROM records').get(),
    );
    const end = Number(last?.id ?? 0);
    for (let after = 0; after < end; ) {
      const start = after;
      const chunk = this.#guarded(() => select.all(start, end, ...condition.values, CHUNK));
      for (const row of chunk) yield this.#guarded(() => readRecord(row));
      after = chunk.length < CHUNK ? end : Number(chunk.at(-1)?.id);
    }
  }

  /**
   * As {@link records}, but only the records that `picks` returns true for: it is called once for each
   * record that meets the condition. Of the others only the status is read, so that a few of millions are
   * found soon.
   */
  *pickedRecords(
    condition: Condition,
    picks: (status: Status) => boolean,
  ): Generator<LedgerRecord, void, undefined> {
    const one = this.#guarded(() => this.#database.prepare('SELECT * FROM rows WHERE id = ?'));
    const { sql, values } = condition;
    const query = `SELECT id, status FROM rows WHERE id > ? AND ${sql} ORDER BY id LIMIT ?`;
    for (const [id = 0, status] of this.#arrays(query, values)) {
      const row = picks(status as Status) ? this.#guarded(() => one.get(id)) : undefined;
      if (row !== undefined) yield this.#guarded(() => readRecord(row));
    }
  }

  /** The times of the rows of a run, in the order in which they were first written. */
  *timesOf(run: number): Generator<RowTimes, void, undefined> {
    const query = `SELECT ${TIMES_COLUMNS} FROM records WHERE id > ? AND run = ? ORDER BY id LIMIT ?`;
    for (const row of this.#arrays(query, [run])) yield readTimes(row);
  }

  /** When the last row of a run ended, in ms since the epoch; undefined when no row has a time. */
  lastEnd(run: number): number | undefined {
    const sql = 'SELECT max(started_at + elapsed) AS last FROM records WHERE run = ?';
    const last = this.#guarded(() => this.#database.prepare(sql).get(run))?.last;
    return typeof last === 'number' ? Math.min(last, Number.MAX_SAFE_INTEGER) : undefined;
  }

  /** How busy a run was, from second to second. */
  loads(run: number): Load[] {
    return this.#guarded(() => loadsOf(this.#database, run));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /**
   * Rows as arrays, read in pieces.
   * @param query selects the id first; its first parameter is the id to start after, its last the number
   *   of rows
   */
  *#arrays(query: string, values: Condition['values']): Generator<SQLOutputValue[], void> {
    const select = this.#guarded(() => this.#database.prepare(query));
    select.setReturnArrays(true);
    for (let after: SQLOutputValue = 0, isMore = true; isMore; ) {
      const start: SQLOutputValue = after;
      const chunk = this.#guarded(() => select.all(start, ...values, CHUNK));
      // Arrays, because of setReturnArrays().
      const rows = chunk as unknown as SQLOutputValue[][];
      yield* rows;
      after = rows.at(-1)?.[0] ?? 0;
      isMore = rows.length === CHUNK;
    }
  }

  #guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw brokenLedger(ledgerPath(this.#directory), error);
    }
  }
}

/** @throws Error for what no run writes */
function readGroup(row: Readonly<Record<string, SQLOutputValue>>): RowGroup {
  const fields = new Fields(row, 'a record');
  return {
    status: fields.word('status', STATUSES),
    reason: fields.optionalText('reason'),
    rows: fields.number('n'),
    bytes: fields.number('bytes'),
    example: { url: fields.text('url'), message: fields.optionalText('message') },
  };
}

/** The columns of {@link readTimes}, in SQL; the first is the row's id. */
const TIMES_COLUMNS =
  'id, status, bytes, attempts, started_at, elapsed, sent, first_byte, body_end';

/** Takes a row as an array: of a million rows, objects would take twice as long to read. */
function readTimes(row: readonly SQLOutputValue[]): RowTimes {
  const [, status, bytes, attempts, startedAt, elapsed, sent, firstByte, end] = row;
  return {
    status: status as Status,
    bytes: bounded(bytes),
    attempts: bounded(attempts),
    startedAt: startedAt === null ? undefined : bounded(startedAt),
    elapsed: bounded(elapsed),
    timings:
      sent === null || firstByte === null || end === null
        ? undefined
        : { sent: bounded(sent), firstByte: bounded(firstByte), end: bounded(end) },
  };
}

/** A number that can be drawn, whatever an edited ledger has. */
function bounded(value: SQLOutputValue | undefined): number {
  return Math.min(Math.max(Number(value ?? 0), 0), Number.MAX_SAFE_INTEGER);
}

/** All records meet it. */
export const EVERY: Condition = { sql: '1', values: [] };
