import type { Measurement } from './knee.ts';
import type { Sample } from './limit.ts';

/** Answers of a round, at least: fewer tell too little where answers differ. */
const FEWEST = 32;
const FEWEST_AT_START = 8;

/** What a {@link MeasurementWindow} is made of. */
interface RoundOptions {
  /** Answers that it has. */
  readonly size: number;
  /** Answers to requests of its own that come before them: those of others are gone by then. */
  readonly warmUp: number;
  /** When it begins, in ms. */
  readonly now: number;
}

/** Some requests in a row, as many as are in flight or a multiple of that, and how fast they were. */
export class MeasurementWindow {
  readonly #size: number;
  readonly #begunAt: number;
  #warmUp: number;
  /** From when on answers count, in ms; undefined while it warms up. */
  #since: number | undefined;
  #counted = 0;
  #most = 0;

  constructor({ size, warmUp, now }: RoundOptions) {
    this.#size = size;
    this.#begunAt = now;
    this.#warmUp = warmUp;
    this.#since = warmUp > 0 ? undefined : now;
  }

  /** How many answers a round has with so many in flight. */
  static sizeFor(inFlight: number, isStart: boolean): number {
    if (isStart) return Math.max(inFlight, FEWEST_AT_START);
    return Math.ceil(FEWEST / inFlight) * inFlight;
  }

  /** Answers so far. */
  get counted(): number {
    return this.#counted;
  }

  /** The most of its own requests that were in flight at a time. */
  get most(): number {
    return this.#most;
  }

  /** @returns whether the round is complete with it */
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

  /** How it went, with `inFlight` requests in flight. */
  measured(inFlight: number, now: number): Measurement {
    const elapsed = Math.max(now - (this.#since ?? now), 1e-6);
    return { inFlight, throughput: this.#counted / elapsed };
  }
}
