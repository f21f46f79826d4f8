import type { Outcome, Status } from '../model/outcome.ts';
import { rowRecordOf } from '../model/row-fields.ts';

/** Rows that ended in the same way, and one of them. */
export interface Finding {
  readonly status: Status;
  readonly reason: string | undefined;
  readonly rows: number;
  /** Of their files. */
  readonly bytes: number;
  readonly example: { readonly url: string; readonly message: string | undefined };
}

/** One that is being counted. */
type Counted = { -readonly [Name in keyof Finding]: Finding[Name] };

/** Collects what a summary says from the outcomes of a run: an entry for each way to end. */
export class Findings {
  /** By status and reason: to make a key of the two took longer than all the rest. */
  readonly #found = new Map<Status, Map<string | undefined, Counted>>();

  add(outcome: Outcome): void {
    const { status, reason, bytes } = outcome;
    const found = this.#found.get(status)?.get(reason) ?? this.#first(outcome);
    found.rows++;
    found.bytes += bytes;
  }

  /** The most frequent first. */
  all(): Finding[] {
    const all = [...this.#found.values()].flatMap((ways) => [...ways.values()]);
    return all.map((one) => ({ ...one })).sort((a, b) => b.rows - a.rows);
  }

  #first(outcome: Outcome): Counted {
    const { status, reason } = outcome;
    const { url, message } = rowRecordOf(outcome);
    const found: Counted = { status, reason, rows: 0, bytes: 0, example: { url, message } };
    const ways = this.#found.get(status) ?? new Map<string | undefined, Counted>();
    this.#found.set(status, ways.set(reason, found));
    return found;
  }
}
