import type { BaselineErrorRate } from './baseline-error-rate.ts';
import { Knee, type Measurement } from './knee.ts';
import { checkLimit, type Limit, type Sample } from './limit.ts';
import { MeasurementWindow } from './measurement-window.ts';
import { OverloadCeiling } from './overload-ceiling.ts';

/** Options of an {@link AdaptiveLimit}. */
export interface AdaptiveLimitOptions {
  /** The fewest requests in flight. @default 1 */
  readonly min?: number | undefined;
  /** The most requests in flight. */
  readonly max: number;
  /** How many to begin with. @default 8, about what a browser opens */
  readonly initial?: number | undefined;
  /** A clock in ms that never goes back: the one that samples are timed by. */
  readonly now: () => number;
  /** Says which refusals are not for the load. Its samples come from elsewhere. @default none are */
  readonly baseline?: BaselineErrorRate | undefined;
}

/** A start goes on while each window of it is so much faster than the one before (as in BBR). */
const GROWTH = 1.25;
/** Windows without such growth that end the start: one may be chance. */
const STRIKES = 2;
/** Each answer lets so many more requests start, up to here; beyond, one more: the number doubles. */
const FAST = 3;
const FAST_UNTIL = 32;
/** Answers that take more than so many times as long as the first ones do not count for that. */
const SLOW_ANSWER = 2;

/** So far beyond the knee, an origin that can do more shows it. */
const GAIN = 1.25;
/** In ms: of answers as short as this, more are in flight than could be measured. */
const SLACK = 3;
/** The number goes down to this share of the knee to measure how long a request takes by itself. */
const REST = 0.7;
/** Windows between two such measurements. */
const WINDOWS_TO_REST = 40;
/** Refusals with fewer in flight than this share of what went well are for another reason. */
const BLAME = 0.6;

type Phase = 'start' | 'cruise' | 'rest';

/**
 * Finds how many requests to one origin are worth having in flight: as many as keep it busy, and not
 * more, which would only wait there. It steers to the {@link Knee} as BBR does (Cardwell et al., "BBR:
 * Congestion-Based Congestion Control", ACM Queue 14, 2016), in windows of requests in place of bytes:
 *
 * - **start**: from few requests, more with each answer, for as long as that makes the windows faster;
 * - **cruise**: a quarter more than the knee; each window tells whether the throughput has changed;
 * - **rest**: now and then fewer than the knee, to measure how long a request takes by itself.
 *
 * What an origin refuses (429, 503, timeouts) is an {@link OverloadCeiling} over all of them.
 */
export class AdaptiveLimit implements Limit {
  readonly #min: number;
  readonly #max: number;
  /** What other runs leave of that. */
  #most = Number.POSITIVE_INFINITY;
  readonly #now: () => number;
  readonly #baseline: BaselineErrorRate | undefined;
  readonly #ceiling: OverloadCeiling;
  readonly #knee = new Knee();
  #window: MeasurementWindow;
  #learned;

  /** @throws RangeError when a bound is not a whole number >= 1 */
  constructor({ min = 1, max, initial = 8, now, baseline }: AdaptiveLimitOptions) {
    this.#min = checkLimit('min', min);
    this.#max = checkLimit('max', max);
    this.#now = now;
    this.#baseline = baseline;
    baseline?.whenFound(() => this.#startAgain());
    this.#ceiling = new OverloadCeiling(now);
    const limit = this.#clamped(checkLimit('initial', initial));
    this.#learned = {
      limit,
      /** Where the limit is on its way to, one more with each answer. */
      target: limit,
      phase: 'start' as Phase,
      strikes: 0,
      /** The most requests in flight that went well. */
      proven: 0,
      /** Answers that take longer do not speed the start up, in ms; known after the first window. */
      gate: Number.POSITIVE_INFINITY,
      /** The times of all answers of the first window, in ms. */
      firstTimes: 0,
      /** Windows since the last rest, and how many there are between two. */
      windows: 0,
      windowsToRest: WINDOWS_TO_REST,
      timeBeforeRest: 0,
    };
    this.#window = new MeasurementWindow({ size: limit, warmUp: 0, now: now() });
  }

  get current(): number {
    return Math.floor(this.#learned.limit);
  }

  keepTo(most: number): void {
    this.#most = checkLimit('most', most);
    this.#learned.limit = this.#clamped(this.#learned.limit);
  }

  finished(sample: Sample): void {
    if (sample.result === 'ok') this.#answered(sample);
    else if (sample.result === 'overload' && !this.#baseline?.isUsual) this.#refused(sample);
  }

  checkpoint(): () => void {
    const learned = { ...this.#learned };
    const restores = [this.#ceiling.checkpoint(), this.#knee.checkpoint()];
    return () => {
      this.#learned = { ...learned };
      for (const restore of restores) restore();
      this.#restart(true);
    };
  }

  /** No refusal was for the number of requests: what was learned from them is wrong. */
  #startAgain(): void {
    this.#ceiling.clear();
    this.#knee.clear();
    this.#learned.strikes = 0;
    this.#learned.gate = Number.POSITIVE_INFINITY;
    this.#learned.firstTimes = 0;
    this.#begin('start');
  }

  #refused(sample: Sample): void {
    // With so few in flight, their number is not the reason. Their rate may be.
    if (sample.inFlight <= BLAME * this.#learned.proven) return;
    const isNews = this.#ceiling.refused(sample);
    if (isNews && this.#learned.phase === 'start') {
      this.#knee.clear();
      this.#learned.target = this.#max;
      this.#begin('cruise');
    }
    this.#learned.limit = this.#clamped(this.#learned.limit - 1);
  }

  #answered(sample: Sample): void {
    this.#learned.proven = Math.max(this.#learned.proven, sample.inFlight);
    this.#ceiling.answered();
    this.#step(sample);
    if (this.#window.count(sample, this.#now())) this.#end();
  }

  /** One step with each answer: the origin never gets a hundred new requests at once. */
  #step({ sentAt, endedAt, inFlight }: Sample): void {
    const learned = this.#learned;
    const { phase, limit, target } = learned;
    if (phase !== 'start') {
      if (limit < target) learned.limit = this.#clamped(Math.min(limit + 1, target));
      return;
    }
    const time = endedAt - sentAt;
    const isFirstWindow = learned.gate === Number.POSITIVE_INFINITY;
    if (isFirstWindow) learned.firstTimes += time;
    const mean = learned.firstTimes / (this.#window.counted + 1);
    const gate = isFirstWindow ? SLOW_ANSWER * mean + SLACK : learned.gate;
    // Where a list has fewer rows than requests are allowed, nothing speaks for allowing more.
    if (inFlight * 4 < limit || time > gate) return;
    learned.limit = this.#clamped(limit + (limit < FAST_UNTIL ? FAST : 1));
  }

  #end(): void {
    if (this.#learned.phase === 'start') this.#endOfStart();
    else if (this.#window.most < Math.floor(this.current * 0.9)) this.#restart();
    else this.#endOfWindow(this.#window.measured(this.current, this.#now()));
  }

  #endOfStart(): void {
    const learned = this.#learned;
    const measurement = this.#window.measured(this.#window.most, this.#now());
    if (learned.gate === Number.POSITIVE_INFINITY) {
      learned.gate = (learned.firstTimes / this.#window.counted) * SLOW_ANSWER + SLACK;
    }
    const best = this.#knee.throughput;
    this.#knee.add(measurement);
    if (measurement.throughput >= GROWTH * best) learned.strikes = 0;
    else learned.strikes++;
    if (learned.strikes >= STRIKES || measurement.throughput < 0.9 * best) {
      this.#rest(this.#knee.inFlight * REST);
    } else {
      this.#restart();
    }
  }

  #endOfWindow(measurement: Measurement): void {
    const learned = this.#learned;
    const isBeyond = learned.phase === 'cruise' && this.#knee.isBeyond(measurement);
    if (learned.phase === 'rest') this.#knee.addAtRest(measurement);
    else this.#knee.add(measurement);
    learned.windows++;
    if (isBeyond) this.#ceiling.lower(Math.round(this.#knee.inFlight));
    if (learned.phase === 'rest') {
      this.#endOfRest();
      return;
    }
    const aim = this.#aim;
    if (learned.windows >= learned.windowsToRest) {
      this.#rest(Math.min(this.#knee.inFlight, measurement.inFlight) * REST);
    } else if (aim < 0.8 * learned.limit) {
      this.#rest(aim);
    } else {
      this.#aimAt(aim);
      this.#restart();
    }
  }

  #endOfRest(): void {
    const learned = this.#learned;
    // A time that has not changed is measured less often; one that was wrong, again at once.
    const change = this.#knee.time / learned.timeBeforeRest;
    if (change < 0.85) learned.windowsToRest = 1;
    else if (change > 1.15) learned.windowsToRest = WINDOWS_TO_REST;
    else {
      const longer = Math.max(WINDOWS_TO_REST, learned.windowsToRest * 2);
      learned.windowsToRest = Math.min(4 * WINDOWS_TO_REST, longer);
    }
    learned.windows = 0;
    this.#aimAt(this.#aim);
    this.#begin('cruise');
  }

  #rest(limit: number): void {
    this.#learned.timeBeforeRest = this.#knee.time;
    this.#aimAt(Math.max(this.#min, Math.floor(limit)));
    this.#begin('rest');
  }

  #aimAt(target: number): void {
    this.#learned.target = target;
    this.#learned.limit = this.#clamped(target);
  }

  /** A bit beyond the knee. */
  get #aim(): number {
    return Math.ceil(this.#knee.throughput * (this.#knee.time * GAIN + SLACK));
  }

  /** The requests of the phase before are still in flight: the window begins after them. */
  #begin(phase: Phase): void {
    const isNew = phase !== this.#learned.phase;
    this.#learned.phase = phase;
    this.#restart(isNew);
  }

  #restart(isNewPhase = false): void {
    const now = this.#now();
    const size = MeasurementWindow.sizeFor(this.current, this.#learned.phase === 'start');
    const warmUp = isNewPhase ? (this.#learned.phase === 'cruise' ? this.#learned.limit : 1) : 0;
    this.#window = new MeasurementWindow({ size, warmUp, now });
  }

  #clamped(limit: number): number {
    const most = Math.min(this.#max, this.#most, this.#ceiling.current);
    return Math.max(Math.min(limit, most), this.#min);
  }
}
