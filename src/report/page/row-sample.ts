import { formatCount } from '../amounts.ts';
import { EvenPick } from './even-pick.ts';

/** Rows that a page has, at most. */
const MOST_ROWS = 100_000;

/** How many rows there are to choose from. */
export interface RowCounts {
  readonly rows: number;
  /** Of those, the ones neither ok nor skipped. */
  readonly notDone: number;
}

/**
 * Chooses the rows that a page shows when there are more than it has room for. Failed rows have half of the
 * room, and what the others leave of theirs. Where the room is too small for all rows of a kind, those
 * shown are spread evenly over the list.
 */
export class RowSample {
  readonly #counts: RowCounts;
  readonly #quotas: { readonly done: number; readonly notDone: number };
  readonly #done: EvenPick;
  readonly #notDone: EvenPick;

  constructor(counts: RowCounts, most = MOST_ROWS) {
    const done = counts.rows - counts.notDone;
    const notDone = Math.min(counts.notDone, Math.max(Math.floor(most / 2), most - done));
    this.#counts = counts;
    this.#quotas = { notDone, done: Math.min(done, most - notDone) };
    this.#done = new EvenPick(this.#quotas.done, done);
    this.#notDone = new EvenPick(this.#quotas.notDone, counts.notDone);
  }

  /** How many rows it leaves out. */
  get leftOut(): number {
    return this.#counts.rows - this.#quotas.done - this.#quotas.notDone;
  }

  /** Whether the next row is shown. Call it once for each row, in their order. */
  has(isDone: boolean): boolean {
    return (isDone ? this.#done : this.#notDone).next();
  }

  /** Which rows it leaves out, in words; empty when it leaves out none. */
  get which(): string[] {
    const done = this.#counts.rows - this.#counts.notDone;
    return [
      ...allBut('files that are there', this.#quotas.done, done),
      ...allBut('missing files', this.#quotas.notDone, this.#counts.notDone),
    ];
  }
}

function allBut(what: string, shown: number, all: number): string[] {
  if (shown === all) return [];
  return [`all but ${formatCount(shown)} of the ${formatCount(all)} ${what}, spread evenly`];
}
