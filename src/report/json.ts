import type { Outcome } from '../model/outcome.ts';
import { printableJson } from '../model/safe-text.ts';
import type { Tally } from '../observe/tally.ts';
import { type ReportedRow, reportedRow } from './reported-row.ts';

/**
 * One row as a line of NDJSON, its end included. The fields up to `attempts` are there whatever
 * happens, `null` where there is nothing to say; those after it only when there is. What could steer a
 * terminal is escaped, as JSON has it.
 */
export function rowLine(row: ReportedRow): string {
  const { index, url, status, reason = null, path = null, bytes, httpStatus = null } = row;
  const { attempts, name, finalUrl, digest, etag, lastModified, contentType } = row;
  const { originDown, queued, startedAt, elapsed, timings, message } = row;
  const known = { index, url, status, reason, path, bytes, httpStatus, attempts };
  const times = { queued, startedAt, elapsed, timings };
  const file = { digest, etag, lastModified, contentType };
  const more = { name, finalUrl, ...file, originDown, ...times, message };
  return `${printableJson(JSON.stringify({ type: 'outcome', ...known, ...more }))}\n`;
}

export function outcomeLine(outcome: Outcome): string {
  return rowLine(reportedRow(outcome));
}

/** The last line: how many rows there were, and how they ended. */
export function doneLine(tally: Tally): string {
  const { ok, skipped, 'not-found': notFound, failed, cancelled } = tally;
  const total = ok + skipped + notFound + failed + cancelled;
  const counts = { total, ok, skipped, notFound, failed, cancelled };
  return `${JSON.stringify({ type: 'done', ...counts })}\n`;
}
