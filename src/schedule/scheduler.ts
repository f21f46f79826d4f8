import type { WaitOptions } from '../concurrency/suspension.ts';
import { Timer } from '../concurrency/timer.ts';
import type { RequestReport } from '../model/request-report.ts';
import { Levels } from './levels.ts';
import type { Limit } from './limit.ts';
import { type Claim, Origin } from './origin.ts';
import type { Pace } from './pace.ts';
import type { Permit } from './permit.ts';

/** What a {@link Scheduler} goes by. */
export interface SchedulerOptions {
  /** At most this many requests in flight at a time, over all origins. */
  readonly maxRequests: number;
  /** How many of them one origin may have. Default: as many as there may be. */
  readonly limitFor?: ((origin: string) => Limit) | undefined;
  /** How soon requests to one origin may follow each other. Default: at once. */
  readonly pacesFor?: ((origin: string) => readonly Pace[]) | undefined;
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

/** Origins without requests of which it remembers what was learned of them. */
const MOST_IDLE = 10_000;

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
  readonly #origins = new Map<string, Origin>();
  /** Those that may be asked now, and somebody waits for; by how many requests they have in flight. */
  readonly #ready = new Levels<Origin>();
  #inFlight = 0;
  #reader: Reader | undefined;

  /** @throws RangeError when `maxRequests` is no whole number ≥ 1 */
  constructor(options: SchedulerOptions) {
    const { maxRequests, now = () => performance.now() } = options;
    if (!Number.isInteger(maxRequests) || maxRequests < 1) {
      throw new RangeError(`maxRequests must be a whole number >= 1, not ${maxRequests}`);
    }
    this.#options = options;
    this.#now = now;
  }

  /** How many requests may be in flight at a time. */
  get maxRequests(): number {
    return this.#options.maxRequests;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#options.maxRequests;
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
   * @throws the task's CancelledError, or the signal's reason
   */
  async admit(origin: string, options: WaitOptions): Promise<Permit> {
    options.signal?.throwIfAborted();
    const queue = this.#origin(origin);
    const waiting = queue.again.wait(undefined, options);
    this.#settle(queue);
    this.advance();
    try {
      return await waiting;
    } catch (error) {
      this.#settle(queue);
      throw error;
    }
  }

  /**
   * As {@link admit}, for a request that there need not be.
   * @returns undefined when it would have to wait, or somebody else does who could start
   */
  tryAdmit(origin: string): Permit | undefined {
    if (!this.hasRoom || this.#ready.first() !== undefined) return undefined;
    const asked = this.#origin(origin);
    if (asked.waiting > 0 || !asked.hasRoom || this.#holdOf(asked) > 0) return undefined;
    return this.#start(asked);
  }

  /**
   * As {@link admit}, for a row that has not been tried yet: behind those that have.
   * @param claim called once, perhaps before this returns
   */
  request(origin: string, claim: Claim): void {
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

  /** `origin` asked to be left alone for `ms`: nobody is admitted to it until then. */
  holdBack(origin: string, ms: number): void {
    const queue = this.#origin(origin);
    queue.hold(this.#now() + ms);
    this.#settle(queue);
  }

  #origin(name: string): Origin {
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      const { limitFor, pacesFor } = this.#options;
      origin = new Origin(name, limitFor?.(name) ?? UNLIMITED, pacesFor?.(name) ?? []);
      this.#origins.set(name, origin);
    }
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
    return again.size === 0 && inFlight >= this.maxRequests / this.#origins.size;
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
  released(origin: Origin, report: RequestReport | undefined, sentAt: number, inFlight: number) {
    this.#inFlight--;
    origin.ended(report && { ...report, sentAt, endedAt: this.#now(), inFlight });
    this.#settle(origin);
    this.advance();
  }

  /** Puts an origin where it belongs by now: among those that are ready, or to sleep. */
  #settle(origin: Origin): void {
    origin.timer?.clear();
    origin.timer = undefined;
    if (origin.waiting === 0) {
      this.#ready.remove(origin.place);
      if (origin.inFlight === 0) this.#forget(origin);
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
  #holdOf(origin: Origin): number {
    if (origin.notBefore === 0) return 0;
    const wait = origin.notBefore - this.#now();
    if (wait <= 0) origin.notBefore = 0;
    return wait;
  }

  /** Lists may have more origins than there is memory for. */
  #forget(origin: Origin): void {
    if (this.#origins.size <= MOST_IDLE || this.#holdOf(origin) > 0) return;
    this.#origins.delete(origin.name);
  }
}

class RequestPermit implements Permit {
  readonly #scheduler: Scheduler;
  readonly #origin: Origin;
  readonly #sentAt: number;
  readonly #inFlight: number;
  #isHeld = true;

  constructor(scheduler: Scheduler, origin: Origin, sentAt: number) {
    this.#scheduler = scheduler;
    this.#origin = origin;
    this.#sentAt = sentAt;
    this.#inFlight = origin.inFlight;
  }

  release(report?: RequestReport): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#scheduler.released(this.#origin, report, this.#sentAt, this.#inFlight);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
