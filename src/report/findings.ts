import type { Outcome, Status } from '../model/outcome.ts';
import { reportedRow } from './reported-row.ts';

/** Rows that ended in the same way, and one of them. */
export interface Finding {
  readonly status: Status;
  readonly reason: string | undefined;
  readonly rows: number;
  /** Of their files. */
  readonly bytes: number;
  readonly example: { readonly url: string; readonly message: string | undefined };
}

/** Collects what a summary says from the outcomes of a run: an entry for each way to end. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  add(outcome: Outcome): void {
    const { status, reason, bytes } = outcome;
    const way = `${status} ${reason}`;
    const before = this.#found.get(way);
    if (before === undefined) {
      const { url, message } = reportedRow(outcome);
      this.#found.set(way, { status, reason, rows: 1, bytes, example: { url, message } });
    } else {
      this.#found.set(way, { ...before, rows: before.rows + 1, bytes: before.bytes + bytes });
    }
  }

  /** The most frequent first. */
  all(): Finding[] {
    return [...this.#found.values()].sort((a, b) => b.rows - a.rows);
  }
}
