import type { Limit, Sample } from './limit.ts';

/** Answers without a refusal before one more request is tried than was refused. */
const PATIENCE = 100;
const MOST_PATIENCE = 1_000;

/** A ceiling that is found again where it was makes the next attempt come so much later. */
const MORE_PATIENCE = 1.3;

/**
 * How many requests in flight an origin has refused. It comes down to what was not refused at once,
 * and goes up again slowly, in steps that double while all goes well: as with additive increase and
 * multiplicative decrease (Chiu and Jain 1989), but from where the refusal was, since a server that
 * counts connections does not do better with half of them.
 */
export class OverloadCeiling {
  readonly #now: () => number;
  #ceiling = Number.POSITIVE_INFINITY;
  /** The ceiling before the last step up, which was not refused. */
  #before = 0;
  #step = 1;
  /** Answers since the last refusal, or the last step. */
  #calm = 0;
  #patience = PATIENCE;
  #foundAt = 0;
  /** Requests sent before have nothing new to tell. */
  #loweredAt = -1;

  /** @param now a clock in ms, the one that samples are timed by */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Infinity while nothing was refused. */
  get current(): number {
    return this.#ceiling;
  }

  /** As {@link Limit.checkpoint}. */
  checkpoint(): () => void {
    const learned = {
      ceiling: this.#ceiling,
      before: this.#before,
      step: this.#step,
      calm: this.#calm,
      patience: this.#patience,
      foundAt: this.#foundAt,
      loweredAt: this.#loweredAt,
    };
    return () => {
      this.#ceiling = learned.ceiling;
      this.#before = learned.before;
      this.#step = learned.step;
      this.#calm = learned.calm;
      this.#patience = learned.patience;
      this.#foundAt = learned.foundAt;
      this.#loweredAt = learned.loweredAt;
    };
  }

  /** A request was answered. */
  answered(): void {
    if (this.#ceiling === Number.POSITIVE_INFINITY) return;
    this.#calm++;
    if (this.#calm < this.#patience) return;
    this.#calm = 0;
    this.#before = this.#ceiling;
    this.#ceiling += this.#step;
    this.#step *= 2;
  }

  /** A request was refused. @returns whether that was news */
  refused({ inFlight, sentAt }: Sample): boolean {
    if (sentAt < this.#loweredAt) return false;
    this.lower(Math.max(inFlight - 1, this.#before));
    return true;
  }

  /** No more than `ceiling` from now on. */
  lower(ceiling: number): void {
    const lowered = Math.max(1, ceiling);
    const isWhereItWas = lowered > 0.8 * this.#foundAt && lowered < 1.25 * this.#foundAt;
    this.#patience = isWhereItWas
      ? Math.min(MOST_PATIENCE, this.#patience * MORE_PATIENCE)
      : PATIENCE;
    this.#loweredAt = this.#now();
    this.#foundAt = lowered;
    this.#ceiling = lowered;
    this.#before = 0;
    this.#step = 1;
    this.#calm = 0;
  }
}
