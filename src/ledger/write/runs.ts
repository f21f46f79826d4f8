import type { DatabaseSync } from 'node:sqlite';
import type { Status } from '../../model/outcome.ts';
import type { RowKey } from '../../model/row-key.ts';
import { safeArguments } from '../../model/safe-arguments.ts';
import { Fields } from '../read/read-record.ts';

/** How a run ended: after all rows; by a rule of its own; by a signal; by a failure of the run itself. */
export type Ending = (typeof ENDINGS)[number];
const ENDINGS = ['complete', 'stopped', 'interrupted', 'broken'] as const;

/** The last moment that a Date can be, in ms since the epoch. */
const LAST_MOMENT = 8.64e15;

/** One run, as the ledger has it. */
export interface Run {
  readonly id: number;
  /** In ms since the epoch. */
  readonly startedAt: number;
  /** Undefined for a run that is under way or was killed. */
  readonly endedAt?: number | undefined;
  readonly ending?: Ending | undefined;
  /** The command line, with secrets hidden. */
  readonly arguments: readonly string[];
  /** The totals of a run that has ended. */
  readonly totals?: RunTotals | undefined;
}

/** The rows of a run by how they ended, and the bytes that it downloaded. */
export type RunTotals = Readonly<Record<Status, number>> & { readonly bytes: number };

/** @returns the new run's number */
export function beginRun(
  database: DatabaseSync,
  args: readonly string[],
  now: number,
  key: RowKey = 'url',
): number {
  const { lastInsertRowid } = database
    .prepare('INSERT INTO runs (started_at, arguments, key) VALUES (?, ?, ?)')
    .run(Math.round(now), JSON.stringify(safeArguments(args)), key);
  return Number(lastInsertRowid);
}

export function endRun(
  database: DatabaseSync,
  { id, ending, totals, now }: { id: number; ending: Ending; totals: RunTotals; now: number },
): void {
  const { ok, skipped, 'not-found': notFound, failed, cancelled, bytes } = totals;
  const total = ok + skipped + notFound + failed + cancelled;
  database
    .prepare(
      `UPDATE runs SET ended_at = ?, ending = ?, total = ?, ok = ?, skipped = ?, not_found = ?,
       failed = ?, cancelled = ?, bytes = ? WHERE id = ?`,
    )
    .run(Math.round(now), ending, total, ok, skipped, notFound, failed, cancelled, bytes, id);
}

/**
 * When the first run began that was killed or broke: files since then may be unrecorded.
 * @param run the present run, which has not ended either
 * @returns ms since the epoch; Infinity when there is no such run
 */
export function unrecordedSince(database: DatabaseSync, run: number): number {
  const sql = `SELECT min(started_at) AS since FROM runs
    WHERE id <> ? AND (ended_at IS NULL OR ending = 'broken')`;
  const since = database.prepare(sql).get(run)?.since;
  return typeof since === 'number' ? since : Number.POSITIVE_INFINITY;
}

/** The latest run; undefined before the first one. */
export function lastRun(database: DatabaseSync): Run | undefined {
  const row = database.prepare('SELECT * FROM runs ORDER BY id DESC LIMIT 1').get();
  if (row === undefined) return undefined;
  const fields = new Fields(row, `its run ${row.id}`);
  const startedAt = fields.number('started_at');
  // Later than any Date can be.
  if (startedAt > LAST_MOMENT) fields.wrong('started_at');
  return {
    id: fields.number('id'),
    startedAt,
    endedAt: fields.optionalNumber('ended_at'),
    ending: row.ending === null ? undefined : fields.word('ending', ENDINGS),
    arguments: fields.texts('arguments'),
    totals: row.ended_at === null ? undefined : totalsOf(fields),
  };
}

/** The arguments after `command` of the last run that was started by that command. */
export function lastArguments(database: DatabaseSync, command: string): string[] | undefined {
  const row = database
    .prepare('SELECT id, arguments FROM runs WHERE arguments ->> 0 = ? ORDER BY id DESC LIMIT 1')
    .get(command);
  return row && new Fields(row, `its run ${row.id}`).texts('arguments').slice(1);
}

function totalsOf(fields: Fields): RunTotals {
  return {
    ok: fields.number('ok'),
    skipped: fields.number('skipped'),
    'not-found': fields.number('not_found'),
    failed: fields.number('failed'),
    cancelled: fields.number('cancelled'),
    bytes: fields.number('bytes'),
  };
}

/** The load of a run at one moment. */
export interface Load {
  /** In ms since the epoch. */
  readonly at: number;
  /** Requests in flight. */
  readonly inFlight: number;
  /** Requests that were allowed: with `-m auto`, the number found by then. */
  readonly allowed: number;
}

/** The loads whose numbers are in `numbers`, one after another. */
export function* loadsIn(numbers: readonly number[]): Generator<Load, void> {
  for (let place = 0; place < numbers.length; place += 3) {
    const [at = 0, inFlight = 0, allowed = 0] = numbers.slice(place, place + 3);
    yield { at, inFlight, allowed };
  }
}

export function addLoad(database: DatabaseSync, run: number, load: Load): void {
  database
    .prepare('INSERT INTO loads (run, at, in_flight, allowed) VALUES (?, ?, ?, ?)')
    .run(run, Math.round(load.at), load.inFlight, load.allowed);
}

/** The loads of one run, in the order of time. */
export function loadsOf(database: DatabaseSync, run: number): Load[] {
  return database
    .prepare('SELECT at, in_flight, allowed FROM loads WHERE run = ? ORDER BY rowid')
    .all(run)
    .map((row) => ({
      at: Number(row.at),
      inFlight: Number(row.in_flight),
      allowed: Number(row.allowed),
    }));
}
