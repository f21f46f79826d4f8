import type { Outcome } from '../model/outcome.ts';
import { ROW_FIELDS, type RowRecord, rowRecordOf } from '../model/row-fields.ts';
import { printableJson } from '../model/safe-text.ts';
import type { Tally } from '../observe/tally.ts';

/**
 * One row as a line of NDJSON, its end included. The fields up to `attempts` are always there, as `null`
 * where there is nothing to say; others are left out then. What could steer a terminal is escaped, as
 * JSON has it.
 */
export function rowLine(row: RowRecord): string {
  const line: Record<string, unknown> = { type: 'outcome' };
  for (const { name, presence, group } of ROW_FIELDS) {
    const value = row[name] ?? (presence === 'null' ? null : undefined);
    if (value === undefined) continue;
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
