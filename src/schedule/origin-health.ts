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

/** What decides whether a failure was the row's or its origin's. */
export type OriginHealthView = Pick<OriginHealth, 'state' | 'answers' | 'failures' | 'holds'>;

/** The waits between two probes, in ms: the first one, the factor from one to the next, the longest. */
const FIRST_WAIT = 500;
const GROWTH = 1.4;
const LONGEST_WAIT = 5_000;
/** Waits vary by this share to either side, so that many clients do not come back together. */
const JITTER = 0.2;

/** The ramp after a hold ends with so many requests in flight. */
const END_OF_RAMP = 256;

/**
 * A failure to connect counts as so many refusals: a server that is up hardly ever refuses a connection
 * by chance.
 */
const WEIGHT_OF_CONNECTION = 3;

/** An origin that serves would have answered within so many times the usual latency. */
const LATENCIES = 2;
/** The latency of an origin that has not answered yet, in ms. */
const UNKNOWN_LATENCY = 100;

/** The probability of a block's number of refusals in a row coming by chance. */
const BY_CHANCE = 1e-6;
/** The usual share of refusals is taken to be at least and at most this, whatever was seen. */
const FEWEST_REFUSED = 0.2;
const MOST_REFUSED = 0.8;
/** How many requests the usual share of refusals is an average over. */
const AVERAGED = 256;

/**
 * Whether one origin serves at all. A limit and a pace learn how much an origin takes; the health says
 * whether it takes anything, from the requests of all rows. Failures in a row are the origin's once
 * there are more of them than chance brings. Then the origin is held, and its failures until then cost
 * no row a try.
 *
 * How long it is held depends on what is known about it:
 *
 * - An origin that was never reached is probably dead. It is probed as often, and as late, as one row
 *   would be tried.
 * - Any other is held for up to `(tries - 1)` times the longest wait, or once that with a single try.
 *
 * Times are in ms of one clock, which the caller passes in.
 */
export class OriginHealth {
  readonly #policy: RetryPolicy;
  #state: OriginState = 'well';
  #notBefore = 0;
  /** How many requests may be in flight, and how many admitted in this state are. */
  #allowed = Number.POSITIVE_INFINITY;
  #inFlight = 0;
  #epoch = 0;
  #answers = 0;
  #failures = 0;
  #holds = 0;
  /** The weight of the failures in a row, and when the first of them ended. */
  #weight = 0;
  #failingSince = 0;
  /** How many pauses the server asked for since the last answer, and when the latest one ended. */
  #pauses = 0;
  #resumedAt = Number.NEGATIVE_INFINITY;
  /** Whether the origin was ever reached. */
  #isReached = false;
  /** Probes that failed since the last answer. The failures that led to the hold count as one. */
  #probes = 0;
  /** The usual share of refusals, and the usual latency, in ms. */
  #refused = 0;
  #latency = 0;
  #ended = 0;
  /** When the latest request was sent that counted as an answer. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #cause: unknown;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
  }

  get state(): OriginState {
    return this.#state;
  }

  /** How many requests were answered. */
  get answers(): number {
    return this.#answers;
  }

  /** How many requests failed since the last answer. */
  get failures(): number {
    return this.#failures;
  }

  /** How often the origin was held. */
  get holds(): number {
    return this.#holds;
  }

  /** Grows with each change of state: {@link ended} takes the one in which a request was admitted. */
  get epoch(): number {
    return this.#epoch;
  }

  /** When the next request may be sent; 0 for now. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#allowed;
  }

  /** When the first of the failures in a row ended. */
  get failingSince(): number {
    return this.#failingSince;
  }

  /** When the latest request was sent that was answered; -Infinity for none. */
  get answeredAt(): number {
    return this.#answeredAt;
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
   * @param report undefined when it told nothing about the server
   * @param epoch the epoch in which it was admitted
   * @param sentAt when it was admitted
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

  /** Another run was asked for a pause, or holds the origin: no request before `time`. */
  pause(time: number): void {
    if (this.#state !== 'down') this.#pauseUntil(time);
  }

  /** The origin answers another run: a pause or a hold ends, and the requests begin with few. */
  resume(): void {
    if (this.#notBefore > 0 || this.#state === 'held') this.#enter('recovering', 2);
  }

  /** Another run has given the origin up. */
  giveUp(cause: unknown): void {
    this.#cause = cause;
    this.#enter('down', 0);
  }

  #answered({ latency }: RequestReport, isCurrent: boolean, sentAt: number): void {
    // Only an answer to a request sent since the failures began shows that the origin serves. A server
    // that asks for a pause may have accepted other requests just then: these count from after the pause.
    const since = this.#pauses > 0 ? this.#resumedAt : this.#failingSince;
    const isOld = !isCurrent || (this.#failures > 0 && sentAt < since);
    if (isOld && this.#answers > 0) return;
    this.#isReached = true;
    this.#answeredAt = sentAt;
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

  /** The end of the ramp begins no new epoch: the requests of the ramp count on. */
  #speedUp(): void {
    this.#allowed *= 2;
    if (this.#allowed < END_OF_RAMP) return;
    this.#allowed = Number.POSITIVE_INFINITY;
    this.#state = 'well';
  }

  #failed(report: RequestReport, isCurrent: boolean, now: number): void {
    const isConnection = report.sign === 'unreachable';
    if (!isConnection) this.#isReached = true;
    // Requests sent before a hold tell nothing new.
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

  /** Whether the server asks for a second pause, without an answer since the first one. */
  #isPausedInVain(): boolean {
    return this.#notBefore === 0 && this.#pauses > 0;
  }

  #pauseUntil(time: number): void {
    if (this.#notBefore === 0) this.#pauses++;
    if (time > this.#notBefore) this.#notBefore = time;
  }

  /** Whether there are more failures in a row than chance brings. */
  #isBlock(now: number): boolean {
    if (!this.#isReached) return true;
    const share = Math.min(Math.max(this.#refused, FEWEST_REFUSED), MOST_REFUSED);
    const most = Math.ceil(Math.log(BY_CHANCE) / Math.log(share));
    const enough = this.#state === 'recovering' ? Math.min(most, this.#allowed) : most;
    // An origin that gets too many requests refuses many of them at once, while others take their time.
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

  /** When an origin is given up that was reached before. */
  get #deadline(): number {
    return this.#failingSince + patienceOf(this.#policy);
  }

  /** How long to wait before the next probe, in ms. */
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
