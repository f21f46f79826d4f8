/** Rows that have ended and bytes that have come by some moment, since the start of a run. */
export interface Amounts {
  readonly rows: number;
  readonly bytes: number;
}

/** How fast a run went in one interval. */
interface Throughput {
  /** Per second. */
  readonly rows: number;
  /** Per second. */
  readonly bytes: number;
}

/** In ms. */
const INTERVAL = 1000;

/** Intervals that are kept: more than a terminal has columns for. */
const KEPT = 200;

/** How fast a run goes from second to second, which an average since its start does not show. */
export class ThroughputHistory {
  readonly #history: Throughput[] = [];
  #from: Amounts = { rows: 0, bytes: 0 };
  #since: number;

  /** @param now in ms of a clock that never goes back */
  constructor(now: number) {
    this.#since = now;
  }

  /** Notes what has come by `now`, since the start. Call it several times a second. */
  note(now: number, { rows, bytes }: Amounts): void {
    const seconds = (now - this.#since) / 1000;
    if (seconds * 1000 < INTERVAL) return;
    this.#history.push({
      rows: (rows - this.#from.rows) / seconds,
      bytes: (bytes - this.#from.bytes) / seconds,
    });
    if (this.#history.length > KEPT) this.#history.shift();
    this.#from = { rows, bytes };
    this.#since = now;
  }

  /** The latest `most` intervals, oldest first. */
  latest(most: number): readonly Throughput[] {
    return most > 0 ? this.#history.slice(-most) : [];
  }
}
