import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { STATUSES, type Status } from '../../model/outcome.ts';
import type { Timings } from '../../model/response.ts';
import type { HostTotals, RowGroup } from '../../model/row-group.ts';
import { brokenLedger } from '../database-errors.ts';
import { DirectoryLock } from '../directory-lock.ts';
import { ledgerPath } from '../folder.ts';
import { openForReading } from '../open-database.ts';
import type { LedgerRecord } from '../record.ts';
import { IS_DONE } from '../schema.ts';
import { type Load, lastArguments, lastRun, loadsOf, type Run } from '../write/runs.ts';
import { Fields } from './fields.ts';
import { readRecord } from './read-record.ts';
import type { Condition } from './where.ts';
import { HOST } from './where-columns.ts';

/** The hosts with the most rows, and how many others there are. */
interface Hosts {
  readonly top: readonly HostTotals[];
  readonly others: number;
}

/** When a row was under way, and how it ended. */
export interface RowTimes {
  readonly status: Status;
  /** Of its file. */
  readonly bytes: number;
  readonly attempts: number;
  /** In ms since the epoch; undefined for a row whose turn never came. */
  readonly startedAt?: number | undefined;
  /** In ms. */
  readonly elapsed: number;
  /** In ms since `startedAt`. */
  readonly timings?: Timings | undefined;
}

/** Rows that are read at a time: the writer's log is not held up for longer. */
const CHUNK = 1000;

/** Looks at the ledger of a directory, also while a run writes it. */
export class LedgerReader implements Disposable {
  readonly #directory: string;
  readonly #database: DatabaseSync;

  /** @throws BrokenRunError when there is no ledger, or none that can be read */
  constructor(directory: string) {
    this.#directory = directory;
    this.#database = openForReading(directory);
  }

  /** Whether a run is using the directory now. */
  get isInUse(): boolean {
    return DirectoryLock.isHeld(this.#directory);
  }

  get lastRun(): Run | undefined {
    return this.#guarded(() => lastRun(this.#database));
  }

  /** What followed `command` on the command line of the last run that was begun by it. */
  lastArguments(command: string): readonly string[] | undefined {
    return this.#guarded(() => lastArguments(this.#database, command));
  }

  /** All rows, by how they ended: the most frequent first. They add up to {@link count}. */
  groups(): RowGroup[] {
    // The other columns are those of the row with the least index (sqlite.org/lang_select.html#bareagg).
    const sql = `SELECT status, reason, count(*) AS n, sum(bytes) AS bytes, min(idx), url, message
      FROM rows GROUP BY status, reason ORDER BY n DESC, status, reason`;
    return this.#guarded(() => this.#database.prepare(sql).all().map(readGroup));
  }

  /** The hosts with the most rows, at most so many. */
  hosts(most: number): Hosts {
    const sql = `SELECT ${HOST} AS host, count(*) AS n, sum(NOT ${IS_DONE}) AS not_done,
      sum(iif(${IS_DONE}, bytes, 0)) AS bytes, count(*) OVER () AS hosts
      FROM rows GROUP BY 1 ORDER BY n DESC, host LIMIT ?`;
    const rows = this.#guarded(() => this.#database.prepare(sql).all(most));
    const top = rows.map((row) => ({
      host: String(row.host),
      rows: Number(row.n),
      notDone: Number(row.not_done),
      bytes: Number(row.bytes),
    }));
    return { top, others: Number(rows[0]?.hosts ?? 0) - top.length };
  }

  /** How many records there are. */
  count(condition: Condition = EVERY): number {
    const sql = `SELECT count(*) AS n FROM rows WHERE ${condition.sql}`;
    return this.#guarded(() => Number(this.#database.prepare(sql).get(...condition.values)?.n));
  }

  /**
   * The records that are there now and meet the condition, in the order in which they were first
   * written. They are read in pieces: one that changes meanwhile may be given as it is by then.
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
   * As {@link records}, but only those that `wants` says yes to: it is asked once for each that meets the
   * condition. The others are hardly read, so that a few of millions are had soon.
   */
  *pickedRecords(
    condition: Condition,
    wants: (status: Status) => boolean,
  ): Generator<LedgerRecord, void, undefined> {
    const one = this.#guarded(() => this.#database.prepare('SELECT * FROM rows WHERE id = ?'));
    const { sql, values } = condition;
    const query = `SELECT id, status FROM rows WHERE id > ? AND ${sql} ORDER BY id LIMIT ?`;
    for (const [id = 0, status] of this.#arrays(query, values)) {
      const row = wants(status as Status) ? this.#guarded(() => one.get(id)) : undefined;
      if (row !== undefined) yield this.#guarded(() => readRecord(row));
    }
  }

  /** When the rows of a run were under way, in the order in which they were first written. */
  *timesOf(run: number): Generator<RowTimes, void, undefined> {
    const query = `SELECT ${TIMES_COLUMNS} FROM records WHERE id > ? AND run = ? ORDER BY id LIMIT ?`;
    for (const row of this.#arrays(query, [run])) yield readTimes(row);
  }

  /** When the last row of a run ended, in ms since the epoch; undefined when none is known to have. */
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
   * @param query begins with the id; its first value is one that ids are above, its last their number
   */
  *#arrays(query: string, values: Condition['values']): Generator<SQLOutputValue[], void> {
    const select = this.#guarded(() => this.#database.prepare(query));
    select.setReturnArrays(true);
    for (let after: SQLOutputValue = 0, isMore = true; isMore; ) {
      const start: SQLOutputValue = after;
      const chunk = this.#guarded(() => select.all(start, ...values, CHUNK));
      // So they are, by what was asked for above.
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

/** A row as an array: with a million of them to read, objects would take twice as long. */
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

/** What is drawn must not be endless, whatever an edited ledger says. */
function bounded(value: SQLOutputValue | undefined): number {
  return Math.min(Math.max(Number(value ?? 0), 0), Number.MAX_SAFE_INTEGER);
}

/** Met by all. */
export const EVERY: Condition = { sql: '1', values: [] };
