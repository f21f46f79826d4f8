import { BaselineErrorRate } from '../limits/baseline-error-rate.ts';
import type { Sample } from '../limits/limit.ts';
import type { Pace } from './pace.ts';

/** Options of a {@link LearnedRate}. */
export interface LearnedRateOptions {
  /** A clock in ms that never goes back: the one that samples are timed by. */
  readonly now: () => number;
  /** Says which refusals are not for the load. Learns from the same samples. @default one of its own */
  readonly baseline?: BaselineErrorRate | undefined;
}

/** Refusals with fewer in flight than this share of what went well are for the rate. */
const BLAME = 0.6;
/** To this share of the rate a refusal slows requests down, and one that comes soon after another. */
const SLOWER = 0.85;
const MUCH_SLOWER = 0.6;
/** Up to this share of the rate that was refused, the rate recovers within about so many answers. */
const PLATEAU = 0.93;
const RECOVERY = 30;
/** So many answers on that plateau, and higher rates are tried. */
const PATIENCE = 200;
/** By how much each answer raises the rate then. */
const PROBING = 0.0002;
/** The rate is at most so many times that of the requests really sent. */
const MOST_AHEAD = 1.2;
/** A rate of more than so many times the one refused before is a new one. */
const MUCH_MORE = 1.3;
/** How late requests may be and the next ones still catch up, in ms: timers fire late. */
const TOLERANCE = 5;
/** The most and the fewest requests that the present rate is measured over. */
const RECENT = 32;
const FEWEST = 8;

const NOTHING_LEARNED = {
  /** Requests for each ms; Infinity until one is refused for it. */
  rate: Number.POSITIVE_INFINITY,
  /** The rate that was refused last. */
  refusedRate: Number.POSITIVE_INFINITY,
  /** Answers without a refusal before a higher rate is tried. */
  patience: PATIENCE,
  /** Answers since the last refusal. */
  calm: 0,
  /** Requests sent before this time tell nothing new. */
  slowedAt: -1,
  /** The most requests in flight that went well, and how long an answer takes, in ms. */
  proven: 0,
  duration: 0,
};

/**
 * Learns how many requests in a time an origin accepts, from the refusals that come with few requests
 * in flight: then it is not their number that is too high. The rate comes down at once, recovers to
 * near the rate that was refused, stays there, and probes for more the longer nothing is refused. That
 * is the curve of CUBIC (Ha, Rhee and Xu, "CUBIC: A New TCP-Friendly High-Speed TCP Variant", 2008), for
 * a rate in place of a window, as in the adaptive retry mode of the AWS SDKs.
 */
export class LearnedRate implements Pace {
  readonly #now: () => number;
  readonly #baseline: BaselineErrorRate;
  #learned = { ...NOTHING_LEARNED };
  /** When the next request is due. */
  #due = 0;
  /** When the latest requests that went well were sent. */
  readonly #sent: number[] = [];

  constructor({ now, baseline = new BaselineErrorRate() }: LearnedRateOptions) {
    this.#now = now;
    this.#baseline = baseline;
    baseline.whenFound(() => this.#startAgain());
  }

  get remaining(): number {
    return Math.max(0, this.#due - this.#now());
  }

  started(): void {
    // Without a rate, the next request is due at once.
    this.#due = Math.max(this.#due, this.#now() - TOLERANCE) + 1 / this.#learned.rate;
  }

  finished(sample: Sample): void {
    const { rate, slowedAt } = this.#learned;
    const isLimited = rate < Number.POSITIVE_INFINITY && sample.sentAt >= slowedAt;
    this.#baseline.finished(sample, isLimited ? rate : undefined);
    if (sample.result === 'ok') this.#answered(sample);
    else if (sample.result === 'overload' && !this.#baseline.isUsual) this.#refused(sample);
  }

  checkpoint(): () => void {
    const learned = { ...this.#learned };
    const restoreBaseline = this.#baseline.checkpoint();
    return () => {
      this.#learned = { ...learned };
      restoreBaseline();
      // A time without answers says nothing about the rate.
      this.#sent.length = 0;
      this.#due = this.#now();
    };
  }

  #answered({ inFlight, sentAt, endedAt }: Sample): void {
    const learned = this.#learned;
    learned.proven = Math.max(learned.proven, inFlight);
    const weight = learned.duration === 0 ? 1 : 0.1;
    learned.duration += (endedAt - sentAt - learned.duration) * weight;
    this.#sent.push(sentAt);
    if (this.#sent.length > RECENT) this.#sent.shift();
    if (learned.rate === Number.POSITIVE_INFINITY) return;
    learned.calm++;
    const { rate, refusedRate, calm, patience } = learned;
    const plateau = refusedRate * PLATEAU;
    if (rate < plateau) {
      learned.rate = Math.min(plateau, rate + (refusedRate - rate) / RECOVERY);
    } else if (calm > patience && rate < MOST_AHEAD * this.#recentRate) {
      learned.rate *= 1 + (PROBING * calm) / patience;
    }
  }

  #refused({ inFlight, sentAt }: Sample): void {
    const { rate, proven, slowedAt } = this.#learned;
    const isForRate = rate < Number.POSITIVE_INFINITY || inFlight <= BLAME * proven;
    if (isForRate && sentAt >= slowedAt) this.#slowDown();
    // The rate until now was too high.
    this.#sent.length = 0;
  }

  /** No refusal was for the rate. */
  #startAgain(): void {
    const { slowedAt, proven, duration } = this.#learned;
    this.#learned = { ...NOTHING_LEARNED, slowedAt, proven, duration };
    this.#due = 0;
    this.#sent.length = 0;
  }

  #slowDown(): void {
    const learned = this.#learned;
    const isSoon = learned.calm < learned.patience;
    const refused = Math.min(learned.rate, learned.proven / learned.duration, this.#recentRate);
    // The origin accepts no more than it did before: there is no hurry to try again.
    if (!isSoon && refused < MUCH_MORE * learned.refusedRate) learned.patience *= 2;
    learned.rate = refused * (isSoon ? MUCH_SLOWER : SLOWER);
    learned.refusedRate = refused;
    learned.slowedAt = this.#now();
    learned.calm = 0;
  }

  /** Of the latest requests that went well, for each ms; Infinity if they are few, or came at once. */
  get #recentRate(): number {
    const [first = 0] = this.#sent;
    const last = this.#sent.at(-1) ?? 0;
    if (this.#sent.length < FEWEST) return Number.POSITIVE_INFINITY;
    return (this.#sent.length - 1) / (last - first);
  }
}
