import { formatCount } from '../report/amounts.ts';

/** Rows that are kept for viewers, at most; of those that are not done, and of the others. */
const MOST_NOT_DONE = 20_000;
const MOST_DONE = 80_000;

/** After so many of the latter not all of them are kept any more. */
const ALL_DONE = 40_000;

/** By how much fewer then, and again each time that half of the room that was left is used. */
const FEWER = 4;

/**
 * Chooses the rows of a run that are kept, however many it has. Of rows that are done it keeps all at
 * first, then every 4th, every 16th and so on, so that the room is never full. Of the others it keeps all,
 * as long as there is room. A kept row stays, since viewers have seen it.
 */
export class KeptRows {
  #notDone = 0;
  #done = 0;
  #step = 1;
  /** Rows that are done at which the step gets larger. */
  #until = ALL_DONE;
  /** Rows that are done since one of them was kept. */
  #since = 0;
  #rows = 0;

  /** Whether the next row is kept. Call it once for each row. */
  keeps(isDone: boolean): boolean {
    this.#rows++;
    if (!isDone) {
      if (this.#notDone >= MOST_NOT_DONE) return false;
      this.#notDone++;
      return true;
    }
    if (++this.#since < this.#step || this.#done >= MOST_DONE) return false;
    this.#since = 0;
    if (++this.#done === this.#until) {
      this.#step *= FEWER;
      this.#until += Math.max(1, Math.floor((MOST_DONE - this.#until) / 2));
    }
    return true;
  }

  /** Those that were not kept, and in words which; undefined when all were. */
  get leftOut(): { readonly rows: number; readonly which: string } | undefined {
    const rows = this.#rows - this.#done - this.#notDone;
    if (rows === 0) return undefined;
    const which = [
      ...(this.#done >= ALL_DONE
        ? [
            `of the files that are there, those after the first ${formatCount(ALL_DONE)}, but for some`,
          ]
        : []),
      ...(this.#notDone >= MOST_NOT_DONE
        ? [`of the missing ones, those after the first ${formatCount(MOST_NOT_DONE)}`]
        : []),
    ];
    return { rows, which: which.join('; ') };
  }
}
