import type { Sample } from './limit.ts';

/** Answers without a refusal before a higher ceiling is tried. */
const PATIENCE = 100;
const MOST_PATIENCE = 1_000;

/** A ceiling that is found again where it was is tried so many times later. */
const MORE_PATIENCE = 1.3;

const NOTHING_LEARNED = {
  ceiling: Number.POSITIVE_INFINITY,
  /** The ceiling before the last step up, which was not refused. */
  before: 0,
  step: 1,
  /** Answers since the last refusal, or the last step. */
  calm: 0,
  patience: PATIENCE,
  foundAt: 0,
  /** Requests sent before this time tell nothing new. */
  loweredAt: -1,
};

/**
 * The most requests in flight that an origin has not refused. It comes down to that number at once,
 * and goes up again slowly, in steps that double while all goes well: additive increase and
 * multiplicative decrease (Chiu and Jain 1989), but from where the refusal was, since a server that
 * counts connections does no better with half of them.
 */
export class OverloadCeiling {
  readonly #now: () => number;
  #learned = { ...NOTHING_LEARNED };

  /** @param now a clock in ms, the one that samples are timed by */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Infinity while nothing was refused. */
  get current(): number {
    return this.#learned.ceiling;
  }

  /** As {@link Limit.checkpoint}. */
  checkpoint(): () => void {
    const learned = { ...this.#learned };
    return () => {
      this.#learned = { ...learned };
    };
  }

  /** No refusal was for the number of requests. */
  clear(): void {
    this.#learned = { ...NOTHING_LEARNED };
  }

  /** A request was answered. */
  answered(): void {
    const learned = this.#learned;
    if (learned.ceiling === Number.POSITIVE_INFINITY) return;
    learned.calm++;
    if (learned.calm < learned.patience) return;
    learned.calm = 0;
    learned.before = learned.ceiling;
    learned.ceiling += learned.step;
    learned.step *= 2;
  }

  /** A request was refused. @returns whether that told anything new */
  refused({ inFlight, sentAt }: Sample): boolean {
    if (sentAt < this.#learned.loweredAt) return false;
    this.lower(Math.max(inFlight - 1, this.#learned.before));
    return true;
  }

  /** Lowers the ceiling to `ceiling`, or 1 if that is less. */
  lower(ceiling: number): void {
    const { foundAt, patience } = this.#learned;
    const lowered = Math.max(1, ceiling);
    const isWhereItWas = lowered > 0.8 * foundAt && lowered < 1.25 * foundAt;
    this.#learned = {
      ...NOTHING_LEARNED,
      ceiling: lowered,
      foundAt: lowered,
      patience: isWhereItWas ? Math.min(MOST_PATIENCE, patience * MORE_PATIENCE) : PATIENCE,
      loweredAt: this.#now(),
    };
  }
}
