import type { WaitOptions } from '../concurrency/suspension.ts';
import { Timer } from '../concurrency/timer.ts';
import { OriginDownError } from '../model/failure.ts';

import { DEFAULT_TRIES, FIRST_RETRY_WAIT, LONGEST_RETRY_WAIT } from '../model/options.ts';
import type { RequestReport } from '../model/request-report.ts';
import { BaselineErrorRate } from './baseline-error-rate.ts';
import { DownOrigins } from './down-origins.ts';
import { Levels } from './levels.ts';
import { checkLimit, type Limit } from './limit.ts';
import { type Claim, Origin, type Start } from './origin.ts';
import { OriginHealth, type OriginHealthView } from './origin-health.ts';
import type { Pace } from './pace.ts';
import type { Permit } from './permit.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { RunLimit } from './run-limit.ts';

/** What a {@link Scheduler} goes by. */
export interface SchedulerOptions {
  /** At most this many requests in flight at a time, over all origins; or what finds that. */
  readonly maxRequests: number | RunLimit;
  /** How many of them one origin may have. Default: as many as there may be. */
  readonly limitFor?: ((origin: string, baseline: BaselineErrorRate) => Limit) | undefined;
  /** How soon requests to one origin may follow each other. Default: at once. */
  readonly pacesFor?:
    | ((origin: string, baseline: BaselineErrorRate) => readonly Pace[])
    | undefined;
  /** How often and how late a row is tried, which an origin is probed by. Default: as `download`'s. */
  readonly retries?: RetryPolicy | undefined;
  /** A clock in ms that never goes back; a test has its own. */
  readonly now?: (() => number) | undefined;
}

/** What has more rows. */
export interface Reader {
  /** Whether it may read on at this moment. */
  readonly mayRead: boolean;
  /** There is room, and nobody who waits is to have it. */
  read(): void;
}

/** Origins without requests that are remembered, those asked last, if anything was learned of them. */
const MOST_IDLE = 1_000;

const DEFAULT_RETRIES: RetryPolicy = {
  tries: DEFAULT_TRIES,
  backoff: { base: FIRST_RETRY_WAIT, max: LONGEST_RETRY_WAIT },
  random: Math.random,
};

/** What the limits of origins are when there are none: the run's own holds. */
const UNLIMITED: Limit = { current: Number.POSITIVE_INFINITY, finished() {} };

/**
 * Says who may start next. As soon as there is room, it goes to the origin that has the fewest
 * requests in flight (max-min fairness: Bertsekas and Gallager, "Data Networks", section 6.5.2). One
 * that has its share already, of the origins that are known, waits until more of the list is read:
 * there may be others. So one that is slow, or does not answer at all, takes nothing from them.
 * Within an origin it is first come, first served, later tries before first ones.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #now: () => number;
  readonly #run: Pick<RunLimit, 'current' | 'most'>;
  /** The same, where it is found while the run goes on. */
  readonly #found: RunLimit | undefined;
  readonly #origins = new Map<string, Origin>();
  /** Those of them that no row waits for and no request goes to, the one asked last at the end. */
  readonly #idle = new Set<Origin>();
  readonly #down: DownOrigins;
  /** Those that may be asked now, and somebody waits for; by how many requests they have in flight. */
  readonly #ready = new Levels<Origin>();
  #inFlight = 0;
  #reader: Reader | undefined;

  /** @throws RangeError when `maxRequests` is no whole number ≥ 1 */
  constructor(options: SchedulerOptions) {
    const { maxRequests, now = () => performance.now() } = options;
    if (typeof maxRequests === 'number') {
      this.#run = { current: checkLimit('maxRequests', maxRequests), most: maxRequests };
    } else {
      this.#run = this.#found = maxRequests;
    }
    this.#options = options;
    this.#now = now;
    this.#down = new DownOrigins(now);
  }

  /** How many requests may be in flight at a time, now. */
  get maxRequests(): number {
    return this.#run.current;
  }

  /** How many that may ever be. */
  get mostRequests(): number {
    return this.#run.most;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#run.current;
  }

  /** Of the origins that are being asked. */
  *loads(): Generator<{ readonly inFlight: number; readonly allowed: number }, void> {
    for (const { inFlight, limit, waiting } of this.#origins.values()) {
      if (inFlight > 0 || waiting > 0) yield { inFlight, allowed: limit.current };
    }
  }

  /** Whom to ask for more rows. */
  readFrom(reader: Reader): void {
    this.#reader = reader;
  }

  /**
   * Waits until one more request to `origin` may start. Hold the permit while it is in flight, no
   * longer: neither saving nor waiting for another try is load on the server.
   * @throws OriginDownError when the origin is given up, or was; the task's CancelledError, or the
   *   signal's reason
   */
  async admit(origin: string, options: WaitOptions): Promise<Permit> {
    options.signal?.throwIfAborted();
    const down = this.#down.get(origin);
    if (down !== undefined) throw down;
    const queue = this.#origin(origin);
    const waiting = queue.again.wait(undefined, options);
    this.#settle(queue);
    this.advance();
    try {
      const admission = await waiting;
      if (!(admission instanceof OriginDownError)) return admission;
      throw admission;
    } catch (error) {
      this.#settle(queue);
      throw error;
    }
  }

  /** Whether `origin` neither is held, nor asked for a pause, nor was given up. Else a mirror is better. */
  isOpen(origin: string): boolean {
    if (this.#down.get(origin) !== undefined) return false;
    const health = this.#origins.get(origin)?.health;
    if (health === undefined) return true;
    return health.state !== 'held' && health.notBefore <= this.#now();
  }

  /**
   * As {@link admit}, for a request that there need not be.
   * @returns undefined when it would have to wait, or somebody else does who could start
   */
  tryAdmit(origin: string): Permit | undefined {
    if (!this.hasRoom || this.#ready.first() !== undefined) return undefined;
    if (this.#down.get(origin) !== undefined) return undefined;
    const asked = this.#origin(origin);
    if (asked.waiting > 0 || !asked.hasRoom || this.#holdOf(asked) > 0) {
      this.#settle(asked);
      return undefined;
    }
    return this.#start(asked);
  }

  /**
   * As {@link admit}, for a row that has not been tried yet: behind those that have.
   * @param claim called once, perhaps before this returns: with a permit, or with an OriginDownError
   *   when the origin is given up, or was
   */
  request(origin: string, claim: Claim): void {
    const down = this.#down.get(origin);
    if (down !== undefined) {
      claim(down);
      return;
    }
    const queue = this.#origin(origin);
    queue.rows.put(claim);
    this.#settle(queue);
    this.advance();
  }

  /** Forgets all {@link request}s that have not been granted. */
  withdraw(): void {
    for (const origin of this.#origins.values()) {
      origin.rows.clear();
      this.#settle(origin);
    }
  }

  #origin(name: string): Origin {
    const known = this.#origins.get(name);
    if (known !== undefined && known.health.state !== 'down') {
      if (known.inFlight === 0 && known.waiting === 0) this.#idle.delete(known);
      return known;
    }
    const { limitFor, pacesFor, retries = DEFAULT_RETRIES } = this.#options;
    const baseline = new BaselineErrorRate();
    const origin = new Origin(name, {
      limit: limitFor?.(name, baseline) ?? UNLIMITED,
      paces: pacesFor?.(name, baseline) ?? [],
      health: new OriginHealth(retries),
    });
    this.#origins.set(name, origin);
    return origin;
  }

  /** Gives the room there is to those who wait for it. */
  advance(): void {
    while (this.hasRoom) {
      const origin = this.#ready.first();
      if (origin === undefined || (this.#isAhead(origin) && this.#reader?.mayRead)) {
        this.#reader?.read();
        return;
      }
      // Whoever waited there may have been cancelled a moment ago.
      if (origin.waiting > 0) this.#grant(origin);
      else this.#settle(origin);
    }
  }

  /**
   * Whether it has its share of the requests already, so that others, if there are any, go first. Not
   * for rows that have been tried before: those that come after them may wait for them.
   */
  #isAhead({ inFlight, again }: Origin): boolean {
    return (
      again.size === 0 && inFlight >= this.maxRequests / (this.#origins.size - this.#idle.size)
    );
  }

  #grant(origin: Origin): void {
    const permit = this.#start(origin);
    if (origin.again.size > 0) {
      origin.again.next(permit);
      this.#settle(origin);
    } else {
      const claim = origin.rows.take();
      // First what it means for the others: the claim may ask for more.
      this.#settle(origin);
      claim(permit);
    }
  }

  #start(origin: Origin): Permit {
    const now = this.#now();
    this.#inFlight++;
    origin.started(now);
    return new RequestPermit(this, origin, now);
  }

  /** @internal for the permits */
  released(origin: Origin, report: RequestReport | undefined, start: Start): void {
    this.#found?.ended(report?.result === 'ok', this.#isHeldUp(origin));
    this.#inFlight--;
    const before = origin.health.state;
    origin.ended(report, start, this.#now());
    const { state } = origin.health;
    if (state === 'down' && before !== 'down') this.#giveUp(origin);
    if (state !== 'down' && before === 'down') this.#down.delete(origin.name);
    this.#settle(origin);
    this.advance();
  }

  /** Whether it is the run's limit that rows wait for: not that of the origin whose request is over. */
  #isHeldUp({ inFlight, limit }: Origin): boolean {
    return !this.hasRoom && (this.#ready.first() !== undefined || inFlight < limit.current);
  }

  /** Ends all waits for it. */
  #giveUp(origin: Origin): void {
    const error = new OriginDownError(origin.name, origin.health.cause);
    this.#down.add(origin.name, error);
    const claims: Claim[] = [];
    while (origin.rows.size > 0) claims.push(origin.rows.take());
    origin.again.all(error);
    // First what it means for the others: a claim may ask for more.
    this.#settle(origin);
    for (const claim of claims) claim(error);
  }

  /** Puts an origin where it belongs by now: among those that are ready, or to sleep. */
  #settle(origin: Origin): void {
    origin.timer?.clear();
    origin.timer = undefined;
    if (origin.waiting === 0) {
      this.#ready.remove(origin.place);
      if (origin.inFlight === 0) this.#rest(origin);
      return;
    }
    const wait = this.#holdOf(origin);
    if (wait > 0) {
      this.#ready.remove(origin.place);
      origin.timer = new Timer(Math.ceil(wait), () => {
        this.#settle(origin);
        this.advance();
      });
    } else if (origin.hasRoom) {
      this.#ready.put(origin.place, origin.inFlight);
    } else {
      this.#ready.remove(origin.place);
    }
  }

  /** How long it is still to be left alone, in ms. */
  #holdOf({ notBefore }: Origin): number {
    return notBefore === 0 ? 0 : notBefore - this.#now();
  }

  /** Lists may have more origins than there is memory for. */
  #rest(origin: Origin): void {
    this.#idle.delete(origin);
    if (origin.isForgettable && this.#holdOf(origin) <= 0) {
      this.#forget(origin);
      return;
    }
    this.#idle.add(origin);
    if (this.#idle.size > MOST_IDLE) this.#forget(this.#idle.values().next().value as Origin);
  }

  #forget(origin: Origin): void {
    this.#idle.delete(origin);
    // One that was given up may have been followed by another of its name.
    if (this.#origins.get(origin.name) === origin) this.#origins.delete(origin.name);
  }
}

class RequestPermit implements Permit, Start {
  readonly sentAt: number;
  readonly inFlight: number;
  readonly epoch: number;
  readonly #scheduler: Scheduler;
  readonly #origin: Origin;
  #isHeld = true;

  constructor(scheduler: Scheduler, origin: Origin, sentAt: number) {
    this.#scheduler = scheduler;
    this.#origin = origin;
    this.sentAt = sentAt;
    this.inFlight = origin.inFlight;
    this.epoch = origin.health.epoch;
  }

  get health(): OriginHealthView {
    return this.#origin.health;
  }

  release(report?: RequestReport): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#scheduler.released(this.#origin, report, this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
