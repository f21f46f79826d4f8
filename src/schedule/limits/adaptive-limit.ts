import type { BaselineErrorRate } from './baseline-error-rate.ts';
import { Knee } from './knee.ts';
import { checkLimit, type Limit, type Sample } from './limit.ts';
import { MeasurementWindow } from './measurement-window.ts';
import { OverloadCeiling } from './overload-ceiling.ts';

/** What an {@link AdaptiveLimit} goes by. */
export interface AdaptiveLimitOptions {
  /** Never fewer than this. Default: 1 */
  readonly min?: number | undefined;
  /** Never more than this. */
  readonly max: number;
  /** To begin with: what a browser has open. Default: 8 */
  readonly initial?: number | undefined;
  /** A clock in ms that never goes back: the one that samples are timed by. */
  readonly now: () => number;
  /** Says which refusals are not for the load; somebody else tells it of the requests. Default: none is */
  readonly baseline?: BaselineErrorRate | undefined;
}

/** A start that makes a round so much faster is worth going on with (as BBR has it). */
const GROWTH = 1.25;
/** Rounds without such growth that end the start: one may be chance. */
const STRIKES = 2;
/** For each answer so many more requests, up to here; beyond, one more: then the number doubles. */
const FAST = 3;
const FAST_UNTIL = 32;
/** Answers that take longer than this many times the first ones do not count for that. */
const SLOW_ANSWER = 2;

/** Beyond the knee by this much, so that an origin which can do more shows it. */
const GAIN = 1.25;
/** In ms: of answers as short as this, more are in flight than could be measured. */
const SLACK = 3;
/** To see how long a request takes by itself, the number goes down to this share of the knee. */
const REST = 0.7;
/** Rounds until that is looked at again. */
const ROUNDS_TO_REST = 40;
/** Refusals with fewer in flight than this share of what went well are for another reason. */
const BLAME = 0.6;

type Phase = 'start' | 'cruise' | 'rest';

/**
 * Finds how many requests to one origin are worth having in flight: as many as keep it busy, and not
 * more, which would only wait there. It steers to the {@link Knee} as BBR does (Cardwell et al., "BBR:
 * Congestion-Based Congestion Control", ACM Queue 14, 2016), in rounds of requests in place of bytes:
 *
 * - **start**: from few requests, more with each answer, for as long as that makes the rounds faster;
 * - **cruise**: a quarter more than the knee has; each round tells whether the throughput is another;
 * - **rest**: now and then fewer than the knee has, to measure what a request takes by itself.
 *
 * What an origin refuses (429, 503, timeouts) is an {@link OverloadCeiling} over all of them.
 */
export class AdaptiveLimit implements Limit {
  readonly #min: number;
  readonly #max: number;
  readonly #now: () => number;
  readonly #baseline: BaselineErrorRate | undefined;
  #ceiling: OverloadCeiling;
  readonly #knee = new Knee();
  #limit: number;
  /** Where the limit is on its way to, one more with each answer. */
  #target: number;
  #phase: Phase = 'start';
  #round: MeasurementWindow;
  #strikes = 0;
  /** The most that went well. */
  #proven = 0;
  /** Answers that take longer are none to speed up for, in ms; known after the first round. */
  #gate = Number.POSITIVE_INFINITY;
  /** Of the answers of the first round together, in ms. */
  #firstTimes = 0;
  /** Rounds since the last rest, and how many there are to be. */
  #rounds = 0;
  #roundsToRest = ROUNDS_TO_REST;
  #timeBeforeRest = 0;

  /** @throws RangeError when a bound is no whole number >= 1 */
  constructor({ min = 1, max, initial = 8, now, baseline }: AdaptiveLimitOptions) {
    this.#min = checkLimit('min', min);
    this.#max = checkLimit('max', max);
    this.#now = now;
    this.#baseline = baseline;
    baseline?.whenFound(() => this.#startAgain());
    this.#ceiling = new OverloadCeiling(now);
    this.#limit = this.#target = this.#clamped(checkLimit('initial', initial));
    this.#round = new MeasurementWindow({ size: this.#limit, warmUp: 0, now: now() });
  }

  get current(): number {
    return Math.floor(this.#limit);
  }

  finished(sample: Sample): void {
    if (sample.result === 'ok') this.#answered(sample);
    else if (sample.result === 'overload' && !this.#baseline?.isUsual) this.#refused(sample);
  }

  checkpoint(): () => void {
    const learned = {
      limit: this.#limit,
      target: this.#target,
      phase: this.#phase,
      strikes: this.#strikes,
      proven: this.#proven,
      gate: this.#gate,
      firstTimes: this.#firstTimes,
      rounds: this.#rounds,
      roundsToRest: this.#roundsToRest,
      timeBeforeRest: this.#timeBeforeRest,
      ceiling: this.#ceiling,
    };
    const restoreCeiling = this.#ceiling.checkpoint();
    const restoreKnee = this.#knee.checkpoint();
    return () => {
      this.#limit = learned.limit;
      this.#target = learned.target;
      this.#phase = learned.phase;
      this.#strikes = learned.strikes;
      this.#proven = learned.proven;
      this.#gate = learned.gate;
      this.#firstTimes = learned.firstTimes;
      this.#rounds = learned.rounds;
      this.#roundsToRest = learned.roundsToRest;
      this.#timeBeforeRest = learned.timeBeforeRest;
      this.#ceiling = learned.ceiling;
      restoreCeiling();
      restoreKnee();
      this.#restart(true);
    };
  }

  /** No refusal was for the number of requests: what it came down to says nothing. */
  #startAgain(): void {
    this.#ceiling = new OverloadCeiling(this.#now);
    this.#knee.clear();
    this.#strikes = 0;
    this.#gate = Number.POSITIVE_INFINITY;
    this.#firstTimes = 0;
    this.#begin('start');
  }

  #refused(sample: Sample): void {
    // With so few in flight it cannot be that they are too many: a rate, perhaps.
    if (sample.inFlight <= BLAME * this.#proven) return;
    const isNews = this.#ceiling.refused(sample);
    if (isNews && this.#phase === 'start') {
      this.#knee.clear();
      this.#target = this.#max;
      this.#begin('cruise');
    }
    this.#limit = this.#clamped(this.#limit - 1);
  }

  #answered(sample: Sample): void {
    this.#proven = Math.max(this.#proven, sample.inFlight);
    this.#ceiling.answered();
    this.#step(sample);
    if (this.#round.count(sample, this.#now())) this.#end();
  }

  /** A step with each answer, not a jump with each round: nobody gets a hundred requests at once. */
  #step({ sentAt, endedAt, inFlight }: Sample): void {
    if (this.#phase !== 'start') {
      if (this.#limit < this.#target) {
        this.#limit = this.#clamped(Math.min(this.#limit + 1, this.#target));
      }
      return;
    }
    const time = endedAt - sentAt;
    const isFirstRound = this.#gate === Number.POSITIVE_INFINITY;
    if (isFirstRound) this.#firstTimes += time;
    const mean = this.#firstTimes / (this.#round.counted + 1);
    const gate = isFirstRound ? SLOW_ANSWER * mean + SLACK : this.#gate;
    // A list that has fewer rows than there may be requests says nothing for more of them.
    if (inFlight * 4 < this.#limit || time > gate) return;
    this.#limit = this.#clamped(this.#limit + (this.#limit < FAST_UNTIL ? FAST : 1));
  }

  #end(): void {
    if (this.#phase === 'start') this.#endOfStart();
    else if (this.#round.most < Math.floor(this.current * 0.9)) this.#restart();
    else this.#endOfRound(this.#round.measured(this.current, this.#now()));
  }

  #endOfStart(): void {
    const round = this.#round.measured(this.#round.most, this.#now());
    if (this.#gate === Number.POSITIVE_INFINITY) {
      this.#gate = (this.#firstTimes / this.#round.counted) * SLOW_ANSWER + SLACK;
    }
    const best = this.#knee.throughput;
    this.#knee.add(round);
    if (round.throughput >= GROWTH * best) this.#strikes = 0;
    else this.#strikes++;
    if (this.#strikes >= STRIKES || round.throughput < 0.9 * best) {
      this.#rest(this.#knee.inFlight * REST);
    } else {
      this.#restart();
    }
  }

  #endOfRound(round: { readonly inFlight: number; readonly throughput: number }): void {
    const isBeyond = this.#phase === 'cruise' && this.#knee.isBeyond(round);
    if (this.#phase === 'rest') this.#knee.addAtRest(round);
    else this.#knee.add(round);
    this.#rounds++;
    if (isBeyond) this.#ceiling.lower(Math.round(this.#knee.inFlight));
    if (this.#phase === 'rest') {
      this.#endOfRest();
      return;
    }
    const aim = this.#aim;
    if (this.#rounds >= this.#roundsToRest) {
      this.#rest(Math.min(this.#knee.inFlight, round.inFlight) * REST);
    } else if (aim < 0.8 * this.#limit) {
      this.#rest(aim);
    } else {
      this.#target = aim;
      this.#limit = this.#clamped(aim);
      this.#restart();
    }
  }

  #endOfRest(): void {
    // A time that has not changed need not be looked at as often; one that was wrong, at once.
    const change = this.#knee.time / this.#timeBeforeRest;
    if (change < 0.85) this.#roundsToRest = 1;
    else if (change > 1.15) this.#roundsToRest = ROUNDS_TO_REST;
    else {
      const longer = Math.max(ROUNDS_TO_REST, this.#roundsToRest * 2);
      this.#roundsToRest = Math.min(4 * ROUNDS_TO_REST, longer);
    }
    this.#rounds = 0;
    this.#target = this.#aim;
    this.#limit = this.#clamped(this.#target);
    this.#begin('cruise');
  }

  #rest(limit: number): void {
    this.#timeBeforeRest = this.#knee.time;
    this.#target = Math.max(this.#min, Math.floor(limit));
    this.#limit = this.#clamped(this.#target);
    this.#begin('rest');
  }

  /** A bit more than the knee has. */
  get #aim(): number {
    return Math.ceil(this.#knee.throughput * (this.#knee.time * GAIN + SLACK));
  }

  /** A phase begins with requests of the one before still in flight: they are waited for. */
  #begin(phase: Phase): void {
    const isNew = phase !== this.#phase;
    this.#phase = phase;
    this.#restart(isNew);
  }

  #restart(isNewPhase = false): void {
    const now = this.#now();
    const size = MeasurementWindow.sizeFor(this.current, this.#phase === 'start');
    const warmUp = isNewPhase ? (this.#phase === 'cruise' ? this.#limit : 1) : 0;
    this.#round = new MeasurementWindow({ size, warmUp, now });
  }

  #clamped(limit: number): number {
    return Math.max(Math.min(limit, this.#max, this.#ceiling.current), this.#min);
  }
}
