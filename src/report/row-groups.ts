import { isDone, type Outcome, type Status } from '../model/outcome.ts';
import { rowRecordOf } from '../model/row-fields.ts';
import type { RowGroup } from '../model/row-group.ts';
import { safeLine } from '../model/safe-text.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import { adviceFor } from './advice.ts';
import type { PageReason } from './page/page-data.ts';

/** A group that is being counted. */
type Counted = { -readonly [Name in keyof RowGroup]: RowGroup[Name] };

/** Counts the outcomes of a run: a group for each status and reason. */
export class RowGroups {
  /** By status and reason: making one key of the two took longer than all the rest. */
  readonly #groups = new Map<Status, Map<string | undefined, Counted>>();

  add(outcome: Outcome): void {
    const { status, reason, bytes } = outcome;
    const group = this.#groups.get(status)?.get(reason) ?? this.#begin(outcome);
    group.rows++;
    group.bytes += bytes;
  }

  /** The groups so far, the largest first. */
  all(): RowGroup[] {
    const all = [...this.#groups.values()].flatMap((reasons) => [...reasons.values()]);
    return all.map((one) => ({ ...one })).sort((a, b) => b.rows - a.rows);
  }

  #begin(outcome: Outcome): Counted {
    const { status, reason } = outcome;
    const { url, message } = rowRecordOf(outcome);
    const group: Counted = { status, reason, rows: 0, bytes: 0, example: { url, message } };
    const reasons = this.#groups.get(status) ?? new Map<string | undefined, Counted>();
    this.#groups.set(status, reasons.set(reason, group));
    return group;
  }
}

/** The groups as the page shows them: without secrets, and with advice for rows that are not done. */
export function pageReasons(groups: readonly RowGroup[]): PageReason[] {
  return groups.map(({ status, reason, rows, bytes, example: { url, message } }) => ({
    status,
    reason: reason && safeLine(reason),
    rows,
    bytes,
    advice: isDone(status) || reason === undefined ? undefined : adviceFor(reason),
    example: { url: safeLine(withoutCredentials(url)), message: message && safeLine(message) },
  }));
}
