/** What had come by some moment. */
export interface Amounts {
  readonly rows: number;
  readonly bytes: number;
}

/** How fast a run went in one interval. */
interface Beat {
  /** A second. */
  readonly rows: number;
  /** A second. */
  readonly bytes: number;
}

/** In ms. */
const INTERVAL = 1000;

/** Intervals that are kept: more than a terminal has columns for. */
const KEPT = 200;

/** How fast a run goes, second by second: what an average since its start does not show. */
export class Pulse {
  readonly #beats: Beat[] = [];
  #from: Amounts = { rows: 0, bytes: 0 };
  #since: number;

  /** @param now in ms of a clock that never goes back */
  constructor(now: number) {
    this.#since = now;
  }

  /** Takes note of what has come by `now`, in all; to be called several times a second. */
  note(now: number, { rows, bytes }: Amounts): void {
    const seconds = (now - this.#since) / 1000;
    if (seconds * 1000 < INTERVAL) return;
    this.#beats.push({
      rows: (rows - this.#from.rows) / seconds,
      bytes: (bytes - this.#from.bytes) / seconds,
    });
    if (this.#beats.length > KEPT) this.#beats.shift();
    this.#from = { rows, bytes };
    this.#since = now;
  }

  /** The latest `most` of them, oldest first. */
  latest(most: number): readonly Beat[] {
    return most > 0 ? this.#beats.slice(-most) : [];
  }
}
