import { BaselineErrorRate } from '../limits/baseline-error-rate.ts';
import type { Sample } from '../limits/limit.ts';
import type { Pace } from './pace.ts';

/** What a {@link LearnedRate} goes by. */
export interface LearnedRateOptions {
  /** A clock in ms that never goes back: the one that samples are timed by. */
  readonly now: () => number;
  /** Told of every request; says which refusals are not for the load. Default: one of its own */
  readonly baseline?: BaselineErrorRate | undefined;
}

/** Refusals with fewer in flight than this share of what went well are for the rate. */
const BLAME = 0.6;
/** After a refusal so much slower; and if it comes soon after the last one, slower still. */
const SLOWER = 0.85;
const MUCH_SLOWER = 0.6;
/** Up to this share of the rate that was refused it goes back soon, in about so many answers. */
const PLATEAU = 0.93;
const RECOVERY = 30;
/** Answers on that plateau before it is tried whether there is more. */
const PATIENCE = 200;
/** How much faster each answer makes it then. */
const PROBING = 0.0002;
/** No faster than this many times what is really asked for. */
const MOST_AHEAD = 1.2;
/** What is refused beyond so many times what was refused before is news. */
const MUCH_MORE = 1.3;
/** What was too late may be caught up with, in ms: timers fire late. */
const TOLERANCE = 5;
/** Requests that the present rate is measured over, at most and at least. */
const RECENT = 32;
const FEWEST = 8;

/**
 * Learns how many requests in a time an origin takes, from those that it refuses with few in flight:
 * then it is not their number that is too high. It comes down at once, goes back near to what was
 * refused, stays there, and tries for more the longer nothing is refused: the curve of CUBIC (Ha,
 * Rhee and Xu, "CUBIC: A New TCP-Friendly High-Speed TCP Variant", 2008), for a rate in place of a
 * window, as the adaptive retry mode of the AWS SDKs has it.
 */
export class LearnedRate implements Pace {
  readonly #now: () => number;
  /** Requests for each ms; Infinity until one is refused for it. */
  #rate = Number.POSITIVE_INFINITY;
  /** The rate that was refused last. */
  #refusedRate = Number.POSITIVE_INFINITY;
  #patience = PATIENCE;
  /** Answers since the last refusal. */
  #calm = 0;
  /** Requests sent before have nothing new to tell. */
  #slowedAt = -1;
  /** When the next one is due. */
  #due = 0;
  /** The most that went well in flight, and how long an answer takes, in ms. */
  #proven = 0;
  #duration = 0;
  /** When the latest requests that went well were sent. */
  readonly #sent: number[] = [];
  readonly #baseline: BaselineErrorRate;

  constructor({ now, baseline = new BaselineErrorRate() }: LearnedRateOptions) {
    this.#now = now;
    this.#baseline = baseline;
    baseline.whenFound(() => this.#clear());
  }

  get remaining(): number {
    return Math.max(0, this.#due - this.#now());
  }

  started(): void {
    // Without a rate it is due by now: nothing is to be waited for.
    this.#due = Math.max(this.#due, this.#now() - TOLERANCE) + 1 / this.#rate;
  }

  finished(sample: Sample): void {
    const isLimited = this.#rate < Number.POSITIVE_INFINITY && sample.sentAt >= this.#slowedAt;
    this.#baseline.finished(sample, isLimited ? this.#rate : undefined);
    if (sample.result === 'ok') this.#answered(sample);
    else if (sample.result === 'overload' && !this.#baseline.isUsual) this.#refused(sample);
  }

  checkpoint(): () => void {
    const learned = {
      rate: this.#rate,
      refusedRate: this.#refusedRate,
      patience: this.#patience,
      calm: this.#calm,
      slowedAt: this.#slowedAt,
      proven: this.#proven,
      duration: this.#duration,
    };
    const restoreBaseline = this.#baseline.checkpoint();
    return () => {
      this.#rate = learned.rate;
      this.#refusedRate = learned.refusedRate;
      this.#patience = learned.patience;
      this.#calm = learned.calm;
      this.#slowedAt = learned.slowedAt;
      this.#proven = learned.proven;
      this.#duration = learned.duration;
      restoreBaseline();
      // The time without answers is no measure of a rate.
      this.#sent.length = 0;
      this.#due = this.#now();
    };
  }

  #answered({ inFlight, sentAt, endedAt }: Sample): void {
    this.#proven = Math.max(this.#proven, inFlight);
    const weight = this.#duration === 0 ? 1 : 0.1;
    this.#duration += (endedAt - sentAt - this.#duration) * weight;
    this.#sent.push(sentAt);
    if (this.#sent.length > RECENT) this.#sent.shift();
    if (this.#rate === Number.POSITIVE_INFINITY) return;
    this.#calm++;
    const plateau = this.#refusedRate * PLATEAU;
    if (this.#rate < plateau) {
      this.#rate = Math.min(plateau, this.#rate + (this.#refusedRate - this.#rate) / RECOVERY);
    } else if (this.#calm > this.#patience && this.#rate < MOST_AHEAD * this.#recentRate) {
      this.#rate *= 1 + (PROBING * this.#calm) / this.#patience;
    }
  }

  #refused({ inFlight, sentAt }: Sample): void {
    const isForRate = this.#rate < Number.POSITIVE_INFINITY || inFlight <= BLAME * this.#proven;
    if (isForRate && sentAt >= this.#slowedAt) this.#slowDown();
    // What was asked for until now was too much.
    this.#sent.length = 0;
  }

  /** No refusal was for the rate. */
  #clear(): void {
    this.#rate = Number.POSITIVE_INFINITY;
    this.#refusedRate = Number.POSITIVE_INFINITY;
    this.#patience = PATIENCE;
    this.#calm = 0;
    this.#due = 0;
    this.#sent.length = 0;
  }

  #slowDown(): void {
    const isSoon = this.#calm < this.#patience;
    const refused = Math.min(this.#rate, this.#proven / this.#duration, this.#recentRate);
    const isKnown = refused < MUCH_MORE * this.#refusedRate;
    // There is no more than this: it need not be tried again as soon.
    if (isKnown && !isSoon) this.#patience *= 2;
    this.#rate = refused * (isSoon ? MUCH_SLOWER : SLOWER);
    this.#refusedRate = refused;
    this.#slowedAt = this.#now();
    this.#calm = 0;
  }

  /** Of the requests that went well of late, for each ms; Infinity when they are too few, or at once. */
  get #recentRate(): number {
    const [first = 0] = this.#sent;
    const last = this.#sent.at(-1) ?? 0;
    if (this.#sent.length < FEWEST) return Number.POSITIVE_INFINITY;
    return (this.#sent.length - 1) / (last - first);
  }
}
