import type { Outcome } from '../model/outcome.ts';
import type { RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';
import { ROW_FIELDS, type RowRecord, rowRecordOf } from '../model/row-fields.ts';
import { printableJson } from '../model/safe-text.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import { bytesOf, type RunProgress } from '../observe/run-progress.ts';
import type { Tally } from '../observe/tally.ts';

/**
 * One row as a line of NDJSON, its end included. The fields up to `attempts` are always there, as `null`
 * where there is nothing to say; others are left out then. What could steer a terminal is escaped, as
 * JSON has it.
 */
export function rowLine(row: RowRecord): string {
  const line: Record<string, unknown> = { type: 'outcome' };
  for (const { name, presence, group } of ROW_FIELDS) {
    const raw = row[name] ?? (presence === 'null' ? null : undefined);
    if (raw === undefined) continue;
    const value = rounded(raw);
    if (group === undefined) line[name] = value;
    else line[group] = { ...(line[group] as object | undefined), [name]: value };
  }
  return `${printableJson(JSON.stringify(line))}\n`;
}

export function outcomeLine(outcome: Outcome): string {
  return rowLine(rowRecordOf(outcome));
}

/** The last line: how many rows there were, and how they ended. */
export function doneLine(tally: Tally): string {
  const { ok, skipped, 'not-found': notFound, failed, cancelled } = tally;
  const total = ok + skipped + notFound + failed + cancelled;
  const counts = { total, ok, skipped, notFound, failed, cancelled };
  return `${JSON.stringify({ type: 'done', ...counts })}\n`;
}

/** Requests in flight and rows that wait, of which an event names the first. */
const NAMED = 5;

/** What an event of progress is made of. */
interface ProgressFacts {
  readonly progress: RunProgress;
  readonly requests: Iterable<RequestInFlight>;
  readonly waiting: ReadonlySet<RowWaiting>;
  readonly inFlight: number;
  readonly allowed: number;
  /** The time of `performance.now()`. */
  readonly now: number;
}

/** How far a run has come, as a line of NDJSON. Times are in ms; `null` is what is not known yet. */
export function progressEvent(facts: ProgressFacts): string {
  const { progress, requests, waiting, now } = facts;
  const { elapsed, done, total, tally, bytes, bytesPerSecond, filesPerSecond } = progress;
  const { ok, skipped, 'not-found': notFound, failed } = tally;
  const event = {
    type: 'progress',
    elapsed: Math.round(elapsed),
    ...{ done, total: total ?? null, ok, skipped, notFound, failed },
    bytes,
    bytesPerSecond: Math.round(bytesPerSecond),
    filesPerSecond: rounded(filesPerSecond),
    remaining: Number.isFinite(progress.remaining) ? Math.round(progress.remaining) : null,
    ...{ inFlight: facts.inFlight, allowed: facts.allowed, waiting: waiting.size },
    requests: Iterator.from(requests)
      .take(NAMED)
      .map((request) => ({
        url: withoutCredentials(request.url),
        attempt: request.attempt,
        elapsed: Math.round(now - request.sentAt),
        bytes: bytesOf(request),
        length: request.length ?? null,
      }))
      .toArray(),
    waits: Iterator.from(waiting)
      .take(NAMED)
      .map((row) => ({
        url: withoutCredentials(row.url),
        reason: row.reason,
        httpStatus: row.httpStatus ?? null,
        attempt: row.attempt,
        tries: row.tries,
        again: Math.max(0, Math.round(row.until - now)),
      }))
      .toArray(),
  };
  return `${printableJson(JSON.stringify(event))}\n`;
}

/** A number to three decimals: of times in ms, that is to the microsecond. */
function rounded<T>(value: T): T | number {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
