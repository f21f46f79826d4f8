import type { Measurement } from './knee.ts';
import type { Sample } from './limit.ts';

/** The fewest answers of a window: answers differ, so fewer tell too little. */
const FEWEST = 32;
const FEWEST_AT_START = 8;

/** Options of a {@link MeasurementWindow}. */
interface WindowOptions {
  /** How many answers it counts. */
  readonly size: number;
  /** How many answers to its own requests come before these: earlier requests have ended by then. */
  readonly warmUp: number;
  /** When it begins, in ms. */
  readonly now: number;
}

/** Measures how fast requests are answered: as many as are in flight, or a multiple of that. */
export class MeasurementWindow {
  readonly #size: number;
  readonly #begunAt: number;
  #warmUp: number;
  /** Since when answers count, in ms; undefined before the warm-up is over. */
  #since: number | undefined;
  #counted = 0;
  #most = 0;

  constructor({ size, warmUp, now }: WindowOptions) {
    this.#size = size;
    this.#begunAt = now;
    this.#warmUp = warmUp;
    this.#since = warmUp > 0 ? undefined : now;
  }

  /** How many answers a window counts with so many requests in flight. */
  static sizeFor(inFlight: number, isStart: boolean): number {
    if (isStart) return Math.max(inFlight, FEWEST_AT_START);
    return Math.ceil(FEWEST / inFlight) * inFlight;
  }

  /** How many answers it has counted. */
  get counted(): number {
    return this.#counted;
  }

  /** The most requests in flight, itself included, when one of its own was sent. */
  get most(): number {
    return this.#most;
  }

  /** Counts an answer. @returns whether the window is complete with it */
  count({ sentAt, endedAt, inFlight }: Sample, now: number): boolean {
    if (this.#since === undefined) {
      if (sentAt < this.#begunAt) return false;
      this.#warmUp--;
      if (this.#warmUp <= 0) this.#since = now;
      return false;
    }
    if (endedAt <= this.#since) return false;
    this.#counted++;
    if (sentAt >= this.#begunAt) this.#most = Math.max(this.#most, inFlight);
    return this.#counted >= this.#size;
  }

  /** The measurement, for `inFlight` requests in flight. */
  measured(inFlight: number, now: number): Measurement {
    const elapsed = Math.max(now - (this.#since ?? now), 1e-6);
    return { inFlight, throughput: this.#counted / elapsed };
  }
}
