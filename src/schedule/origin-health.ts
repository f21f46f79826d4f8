import { reasonOf } from '../model/reason.ts';
import type { RequestReport } from '../model/request-report.ts';
import { triesWorth } from '../model/worth-retrying.ts';
import { backoff } from './backoff.ts';
import { patienceOf, type RetryPolicy } from './retry-policy.ts';

/**
 * - `well`: rows are admitted as limits and paces allow;
 * - `held`: one row at a time probes the origin, the others wait;
 * - `recovering`: a probe was answered, and the number of requests doubles with each answer;
 * - `down`: the probes were given up, and so are the rows.
 */
export type OriginState = 'well' | 'held' | 'recovering' | 'down';

/** What the tries of a row go by: whether a failure was the row's or its origin's. */
export type OriginHealthView = Pick<OriginHealth, 'state' | 'answers' | 'failures' | 'holds'>;

/** The waits between two probes, in ms: the first one, how each grows, and the longest. */
const FIRST_WAIT = 500;
const GROWTH = 1.4;
const LONGEST_WAIT = 5_000;
/** Waits differ by this share to either side, so that many clients do not come back together. */
const JITTER = 0.2;

/** So many requests in flight after a hold, and the ramp is over. */
const END_OF_RAMP = 256;

/**
 * A failure to connect weighs as much as so many refusals: a server that is up hardly ever refuses a
 * connection by chance.
 */
const WEIGHT_OF_CONNECTION = 3;

/** An origin that served would have answered by then: so many times what an answer takes. */
const LATENCIES = 2;
/** In ms, where none has been answered yet. */
const UNKNOWN_LATENCY = 100;

/** How seldom as many refusals in a row as make a block may come by chance. */
const BY_CHANCE = 1e-6;
/** Shares of refusals that are reckoned with, at least and at most, whatever was seen. */
const FEWEST_REFUSED = 0.2;
const MOST_REFUSED = 0.8;
/** Requests that the usual share of refusals is an average over. */
const AVERAGED = 256;

/**
 * Whether one origin serves at all. A limit and a pace learn how much an origin takes; this says
 * whether it takes anything, from what all its rows met. Failures that nothing has gone well between
 * are the origin's, once there are more than chance brings. Then the origin is held, and what its rows
 * met until then costs none of them a try.
 *
 * How long it is held depends on what is known of it:
 *
 * - An origin that was never reached is probably dead. It is probed as often, and as late, as one row
 *   would be tried.
 * - Any other is waited for by time: `(tries - 1)` times the longest wait, once with a single try.
 *
 * Times are in ms of one clock, which the caller passes in.
 */
export class OriginHealth {
  readonly #policy: RetryPolicy;
  #state: OriginState = 'well';
  #notBefore = 0;
  /** Requests that may be in flight, and those that are, of the ones admitted in this state. */
  #allowed = Number.POSITIVE_INFINITY;
  #inFlight = 0;
  #epoch = 0;
  #answers = 0;
  #failures = 0;
  #holds = 0;
  /** Of the failures in a row: what they weigh, and when the first one ended. */
  #weight = 0;
  #failingSince = 0;
  /** Pauses that were asked for with nothing answered since, and when the last one ended. */
  #pauses = 0;
  #resumedAt = Number.NEGATIVE_INFINITY;
  /** Whether a connection was ever made. */
  #isReached = false;
  /** Probes that failed since the last answer, the failures that led to the hold being the first. */
  #probes = 0;
  /** The usual share of refusals, and how long an answer usually takes. */
  #refused = 0;
  #latency = 0;
  #ended = 0;
  #cause: unknown;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
  }

  get state(): OriginState {
    return this.#state;
  }

  /** Requests that were answered. */
  get answers(): number {
    return this.#answers;
  }

  /** Failures in a row, since the last answer. */
  get failures(): number {
    return this.#failures;
  }

  /** How often the origin was held. */
  get holds(): number {
    return this.#holds;
  }

  /** The state that a request is admitted in: for {@link ended}. Each change of state has a new one. */
  get epoch(): number {
    return this.#epoch;
  }

  /** No probe is sent before this time; 0 when there is nothing to wait for. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#allowed;
  }

  /** What the last probe failed with, once the origin is down. */
  get cause(): unknown {
    return this.#cause;
  }

  /** A request was admitted at `now`. */
  started(now: number): void {
    this.#inFlight++;
    if (this.#notBefore === 0) return;
    this.#notBefore = 0;
    this.#resumedAt = now;
  }

  /**
   * A request is over.
   * @param report undefined when it told nothing
   * @param epoch of when it was admitted
   * @param sentAt when that was
   */
  ended(report: RequestReport | undefined, epoch: number, sentAt: number, now: number): void {
    const isCurrent = epoch === this.#epoch;
    if (isCurrent) this.#inFlight--;
    if (report === undefined) return;
    const sign = report.sign ?? (report.result === 'ok' ? 'answered' : 'none');
    if (sign === 'answered') this.#answered(report, isCurrent, sentAt);
    else if (sign !== 'none') this.#failed({ ...report, sign }, isCurrent, now);
    else if (isCurrent && this.#state === 'held') this.#notBefore = now + this.#wait();
  }

  #answered({ latency }: RequestReport, isCurrent: boolean, sentAt: number): void {
    // What was accepted before the failures began is no sign that anything is accepted now. A pause was
    // asked for by a server that may well have accepted others at that moment.
    const since = this.#pauses > 0 ? this.#resumedAt : this.#failingSince;
    const isOld = !isCurrent || (this.#failures > 0 && sentAt < since);
    if (isOld && this.#answers > 0) return;
    this.#isReached = true;
    this.#answers++;
    this.#latency += (latency - this.#latency) / Math.min(16, this.#answers);
    if (this.#weight > 0) this.#average(this.#weight, 1);
    this.#average(1, 0);
    this.#failures = 0;
    this.#weight = 0;
    this.#probes = 0;
    this.#pauses = 0;
    if (this.#state === 'held' || this.#state === 'down') this.#enter('recovering', 2);
    else if (isCurrent && this.#state === 'recovering') this.#speedUp();
  }

  /** The ramp goes on in the epoch that it began in: its requests all count. */
  #speedUp(): void {
    this.#allowed *= 2;
    if (this.#allowed < END_OF_RAMP) return;
    this.#allowed = Number.POSITIVE_INFINITY;
    this.#state = 'well';
  }

  #failed(report: RequestReport, isCurrent: boolean, now: number): void {
    const isConnection = report.sign === 'unreachable';
    if (!isConnection) this.#isReached = true;
    // Requests from before a hold tell what is known already.
    if (!isCurrent || this.#state === 'down') return;
    if (this.#failures++ === 0) this.#failingSince = now;
    this.#weight += isConnection ? WEIGHT_OF_CONNECTION : 1;
    const { retryAfter } = report;
    if (this.#state === 'held') this.#probes++;
    else if (retryAfter === undefined ? this.#isBlock(now) : this.#isPausedInVain()) {
      this.#holds++;
      this.#probes = 1;
      this.#enter('held', 1);
    } else {
      if (retryAfter !== undefined) this.#pauseUntil(now + this.#wait(retryAfter, now));
      return;
    }
    if (this.#isHopeless(report, now)) {
      this.#cause = report.cause;
      this.#enter('down', 0);
      return;
    }
    this.#notBefore = now + this.#wait(retryAfter, now);
  }

  /** Whether a pause went before that nothing was answered after. */
  #isPausedInVain(): boolean {
    return this.#notBefore === 0 && this.#pauses > 0;
  }

  #pauseUntil(time: number): void {
    if (this.#notBefore === 0) this.#pauses++;
    if (time > this.#notBefore) this.#notBefore = time;
  }

  /** Whether so many failures in a row are more than chance. */
  #isBlock(now: number): boolean {
    if (!this.#isReached) return true;
    const share = Math.min(Math.max(this.#refused, FEWEST_REFUSED), MOST_REFUSED);
    const most = Math.ceil(Math.log(BY_CHANCE) / Math.log(share));
    const enough = this.#state === 'recovering' ? Math.min(most, this.#allowed) : most;
    // One that is asked too often refuses many in no time, and takes as long as ever for the others.
    return (
      this.#weight >= enough &&
      now - this.#failingSince >= LATENCIES * (this.#latency || UNKNOWN_LATENCY)
    );
  }

  #isHopeless({ cause }: RequestReport, now: number): boolean {
    const { tries } = this.#policy;
    if (!this.#isReached) return this.#probes >= triesWorth(reasonOf(cause), tries);
    return now >= this.#deadline;
  }

  /** When an origin that was reached is given up. */
  get #deadline(): number {
    return this.#failingSince + patienceOf(this.#policy);
  }

  /** Until the next probe, in ms. */
  #wait(asked?: number, now?: number): number {
    const { backoff: bounds, random } = this.#policy;
    if (!this.#isReached) return backoff(this.#probes, bounds, random);
    const jitter = 1 + JITTER * (2 * random() - 1);
    const own = jitter * Math.min(LONGEST_WAIT, FIRST_WAIT * GROWTH ** (this.#probes - 1));
    const left = now === undefined ? Number.POSITIVE_INFINITY : this.#deadline - now;
    return Math.min(asked ?? own, bounds.max, left);
  }

  #enter(state: OriginState, allowed: number): void {
    this.#state = state;
    this.#allowed = allowed;
    this.#inFlight = 0;
    this.#notBefore = 0;
    this.#epoch++;
  }

  #average(times: number, refused: 0 | 1): void {
    for (let n = 0; n < times; n++) {
      this.#ended++;
      this.#refused += (refused - this.#refused) / Math.min(AVERAGED, this.#ended + 16);
    }
  }
}
