import { Fifo } from '../concurrency/fifo.ts';
import type { WaitOptions } from '../concurrency/suspension.ts';
import { Timer } from '../concurrency/timer.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import { OriginDownError } from '../model/failure.ts';
import { DEFAULT_TRIES, FIRST_RETRY_WAIT, LONGEST_RETRY_WAIT } from '../model/options.ts';
import type { RequestReport } from '../model/request-report.ts';
import { BucketQueue } from './bucket-queue.ts';
import { DownOrigins } from './down-origins.ts';
import { BaselineErrorRate } from './limits/baseline-error-rate.ts';
import { checkLimit, type Limit } from './limits/limit.ts';
import type { RunLimit } from './limits/run-limit.ts';
import { OriginHealth } from './origin-health.ts';
import { type Addressed, type Admission, OriginQueue, type Start } from './origin-queue.ts';
import type { Pace } from './pace/pace.ts';
import type { Permit } from './permit.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What an {@link AdmissionQueue} goes by. */
export interface AdmissionOptions {
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
  /** Permits that may be parked at a time. @default 512 */
  readonly mostParked?: number | undefined;
  /** A clock in ms that never goes back; a test has its own. */
  readonly now?: (() => number) | undefined;
}

/** A row that has left the queue. */
export interface Admitted<Row> {
  readonly row: Row;
  /** A permit for its first request, or why there is none; undefined when the queue was stopped. */
  readonly admission: Admission | undefined;
}

/**
 * Rows read beyond those that were admitted, at most: they let other origins go ahead of one that has
 * to wait. More would be memory that the length of the list decides on.
 */
export const LOOK_AHEAD = 10_000;

/**
 * With as many origins being asked, the next row of the list is hardly of one that is done. So the list is
 * read further ahead, for more rows of the same origins: they need no connection of their own.
 */
const MANY_ORIGINS = 64;

/**
 * Requests that an origin gets one after the other before the next origin has its turn, as long as rows
 * wait: its connection is still there. M. Shreedhar and G. Varghese, "Efficient Fair Queuing Using
 * Deficit Round Robin" (SIGCOMM 1995).
 */
const QUANTUM = 8;

/** Connections that take their time, at most: more would be load on the machine and its name servers. */
export const MOST_PARKED = 512;

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
 * Rows that wait for a permit to send their first request, and the rows that wait for another try.
 * One reader puts rows in, as long as there is {@link room}; workers take out those that are admitted.
 *
 * A permit goes to the origin with the fewest requests in flight (max-min fairness: Bertsekas and
 * Gallager, "Data Networks", section 6.5.2). An origin that has its share already waits until more of
 * the list is read, since the list may have others. So an origin that is slow, or does not answer at
 * all, takes nothing from them. Within an origin it is first come, first served, later tries before
 * first ones.
 */
export class AdmissionQueue<Row extends Addressed> {
  readonly #options: AdmissionOptions;
  readonly #now: () => number;
  readonly #run: Pick<RunLimit, 'current' | 'most'>;
  /** The same, where it is found while the run goes on. */
  readonly #found: RunLimit | undefined;
  readonly #origins = new Map<string, OriginQueue<Row>>();
  /** Those of them that no row waits for and no request goes to, the one asked last at the end. */
  readonly #idle = new Set<OriginQueue<Row>>();
  readonly #down: DownOrigins;
  /** Origins that may be asked now and have rows waiting, by how many requests they have in flight. */
  readonly #ready = new BucketQueue<OriginQueue<Row>>();
  #inFlight = 0;
  /** Requests that wait for a connection, and have given their place to others. */
  #parked = 0;
  /** Those of them that have their connection, and wait for a place again. */
  readonly #resuming = new WaitQueue<void, Parkable>();
  /** Rows that wait for their first permit. */
  #waiting = 0;
  /** Admitted while no worker waited. */
  readonly #admitted = new Fifo<Admitted<Row>>();
  readonly #workers = new WaitQueue<Admitted<Row> | undefined>();
  /** The reader, while there is no room. */
  readonly #reader = new WaitQueue<void>();
  /** The reader has rows at hand: it puts one as soon as there is room. */
  #isFed = false;
  /**
   * Origins that the requests are shared among: those asked now. Their number falls by one for each row
   * that is put, since many may end at once whose next rows are about to be read.
   */
  #sharers = 0;
  #isClosed = false;

  /** @throws RangeError when `maxRequests` is no whole number ≥ 1 */
  constructor(options: AdmissionOptions) {
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
    for (const { inFlight, allowed, waiting } of this.#origins.values()) {
      if (inFlight > 0 || waiting > 0) yield { inFlight, allowed };
    }
  }

  /**
   * For the reader: asks for room before it pulls the next row.
   * @returns undefined when a row may be put now, else a promise that is fulfilled once one may be
   * @throws the task's CancelledError
   */
  room(): Promise<void> | undefined {
    this.#isFed = true;
    if (this.#mayRead) return undefined;
    return this.#reader.wait(undefined);
  }

  get #mayRead(): boolean {
    return this.#waiting < LOOK_AHEAD && (this.hasRoom || this.#active >= MANY_ORIGINS);
  }

  /** Origins that rows wait for or requests go to. */
  get #active(): number {
    return this.#origins.size - this.#idle.size;
  }

  /**
   * For the reader: adds a row, which is admitted behind those of its origin; at once, with an
   * OriginDownError, when that was given up.
   */
  put(row: Row): void {
    this.#isFed = true;
    const down = this.#down.get(row.origin);
    if (down !== undefined) {
      this.#hand({ row, admission: down });
      return;
    }
    this.#waiting++;
    const origin = this.#origin(row.origin);
    origin.rows.put(row);
    this.#sharers = Math.max(this.#active, this.#sharers - 1);
    this.#settle(origin);
    this.advance();
  }

  /**
   * For the reader: it has no row at hand, since the list has yet to bring one. Until the next
   * {@link put}, origins may have more than their share.
   */
  pause(): void {
    this.#isFed = false;
    this.advance();
  }

  /** For the reader: no more rows come. {@link next} gives undefined once those put are admitted. */
  close(): void {
    this.#isClosed = true;
    this.pause();
    this.#endIfEmpty();
  }

  /** The next admitted row, if there is one now. */
  take(): Admitted<Row> | undefined {
    return this.#admitted.size > 0 ? this.#admitted.take() : undefined;
  }

  /**
   * Waits for the next admitted row.
   * @returns undefined once the queue is closed and every row has been admitted
   * @throws the task's CancelledError
   */
  next(): Promise<Admitted<Row> | undefined> {
    if (this.#admitted.size > 0) return Promise.resolve(this.#admitted.take());
    if (this.#isClosed && this.#waiting === 0) return Promise.resolve(undefined);
    return this.#workers.wait(undefined);
  }

  /** Closes the queue. The rows in it come out at once, without a permit. */
  stop(): void {
    const rows = this.clear();
    for (const row of rows) this.#hand({ row, admission: undefined });
    this.close();
  }

  /** Removes the rows that were not admitted. */
  clear(): Row[] {
    const rows: Row[] = [];
    for (const origin of this.#origins.values()) {
      while (origin.rows.size > 0) rows.push(origin.rows.take());
      this.#settle(origin);
    }
    this.#waiting = 0;
    return rows;
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
   * Requests to `origin` that are under way or to be expected: those of the rows that were read; Infinity
   * as long as the list goes on, and leads to few origins.
   */
  expected(origin: string): number {
    if (!this.#isClosed && this.#active < MANY_ORIGINS) return Number.POSITIVE_INFINITY;
    const known = this.#origins.get(origin);
    return known === undefined ? 0 : known.inFlight + known.waiting;
  }

  /**
   * As {@link admit}, for a request that there need not be.
   * @returns undefined when it would have to wait, or a row waits that could start
   */
  tryAdmit(origin: string): Permit | undefined {
    if (!this.hasRoom || this.#resuming.size > 0) return undefined;
    if (this.#ready.first() !== undefined) return undefined;
    if (this.#down.get(origin) !== undefined) return undefined;
    const asked = this.#origin(origin);
    if (asked.waiting > 0 || !asked.hasRoom || this.#holdOf(asked) > 0) {
      this.#settle(asked);
      return undefined;
    }
    return this.#start(asked);
  }

  #origin(name: string): OriginQueue<Row> {
    const known = this.#origins.get(name);
    if (known !== undefined && known.health?.state !== 'down') {
      if (known.inFlight === 0 && known.waiting === 0) this.#idle.delete(known);
      return known;
    }
    const { limitFor, pacesFor, retries = DEFAULT_RETRIES } = this.#options;
    const origin = new OriginQueue<Row>(name, () => {
      const baseline = new BaselineErrorRate();
      const limit = limitFor?.(name, baseline) ?? UNLIMITED;
      const paces = pacesFor?.(name, baseline) ?? [];
      return { limit, paces, health: new OriginHealth(retries) };
    });
    this.#origins.set(name, origin);
    return origin;
  }

  /** Gives the room there is to the rows that wait for it. */
  advance(): void {
    while (this.hasRoom) {
      if (this.#resuming.size > 0) {
        this.#unpark(this.#resuming.brought as Parkable);
        this.#resuming.next();
        continue;
      }
      const origin = this.#ready.first();
      if (origin === undefined || (this.#isFed && this.#isAhead(origin))) break;
      // The row that waited there may have been cancelled a moment ago.
      if (origin.waiting > 0) this.#grant(origin);
      else this.#settle(origin);
    }
    // A reader that waits is not woken for each row that leaves a queue which was full.
    const hasSpace = this.hasRoom || this.#waiting <= LOOK_AHEAD / 2;
    if (this.#reader.size > 0 && hasSpace && this.#mayRead) this.#reader.next();
  }

  /**
   * Whether an origin has its share of the requests already, so that others that the list may have go
   * first. Rows that were tried before do not wait for that: the rows behind them may wait for them.
   */
  #isAhead({ inFlight, again }: OriginQueue<Row>): boolean {
    if (again.size > 0 || this.#waiting >= LOOK_AHEAD) return false;
    return inFlight >= this.maxRequests / Math.max(this.#active, this.#sharers);
  }

  #grant(origin: OriginQueue<Row>): void {
    const permit = this.#start(origin);
    origin.inTurn++;
    if (origin.again.size > 0) {
      origin.again.next(permit);
      this.#settle(origin);
    } else {
      const row = origin.rows.take();
      this.#waiting--;
      this.#settle(origin);
      this.#hand({ row, admission: permit });
      this.#endIfEmpty();
    }
  }

  #hand(admission: Admitted<Row>): void {
    if (!this.#workers.next(admission)) this.#admitted.put(admission);
  }

  /** Every row has been admitted, and none comes: the workers that wait have nothing to wait for. */
  #endIfEmpty(): void {
    if (this.#isClosed && this.#waiting === 0) this.#workers.all(undefined);
  }

  #start(origin: OriginQueue<Row>): Permit {
    const now = this.#now();
    this.#inFlight++;
    const health = origin.started(now);
    return new RequestPermit(this, origin, health, now);
  }

  /** @internal for the permits */
  park(permit: Parkable): void {
    const { mostParked = MOST_PARKED } = this.#options;
    if (this.#parked >= mostParked) return;
    permit.isParked = true;
    this.#parked++;
    this.#inFlight--;
    this.advance();
  }

  /** @internal for the permits */
  resume(permit: Parkable): Promise<void> | undefined {
    if (!this.hasRoom) return this.#resuming.wait(permit);
    this.#unpark(permit);
    return undefined;
  }

  #unpark(permit: Parkable): void {
    permit.isParked = false;
    this.#parked--;
    this.#inFlight++;
  }

  /** @internal for the permits */
  released(
    origin: OriginQueue<Row>,
    report: RequestReport | undefined,
    start: Start & Parkable & { readonly health: OriginHealth },
  ): void {
    this.#found?.ended(report?.result === 'ok', this.#isHeldUp(origin));
    if (start.isParked) this.#parked--;
    else this.#inFlight--;
    const { health } = start;
    const before = health.state;
    origin.ended(report, start, this.#now());
    const { state } = health;
    if (state === 'down' && before !== 'down') this.#giveUp(origin, health.cause);
    if (state !== 'down' && before === 'down') this.#down.delete(origin.name);
    const goesOn = report?.result === 'ok' && origin.inTurn < QUANTUM;
    if (!goesOn) origin.inTurn = 0;
    this.#settle(origin, goesOn);
    this.advance();
  }

  /** Whether it is the run's limit that rows wait for: not that of the origin whose request is over. */
  #isHeldUp({ inFlight, allowed }: OriginQueue<Row>): boolean {
    return !this.hasRoom && (this.#ready.first() !== undefined || inFlight < allowed);
  }

  /** Ends all waits for it. */
  #giveUp(origin: OriginQueue<Row>, cause: unknown): void {
    const error = new OriginDownError(origin.name, cause);
    this.#down.add(origin.name, error);
    origin.again.all(error);
    const rows: Row[] = [];
    while (origin.rows.size > 0) rows.push(origin.rows.take());
    this.#waiting -= rows.length;
    this.#settle(origin);
    for (const row of rows) this.#hand({ row, admission: error });
    this.#endIfEmpty();
  }

  /**
   * Puts an origin where it belongs by now: among those that are ready, or to sleep.
   * @param goesOn whether its turn goes on, since a request to it has been answered
   */
  #settle(origin: OriginQueue<Row>, goesOn = false): void {
    origin.timer?.clear();
    origin.timer = undefined;
    if (origin.waiting === 0) {
      this.#ready.remove(origin.entry);
      if (origin.inFlight === 0) this.#rest(origin);
      return;
    }
    const wait = this.#holdOf(origin);
    if (wait > 0) {
      this.#ready.remove(origin.entry);
      origin.timer = new Timer(Math.ceil(wait), () => {
        this.#settle(origin);
        this.advance();
      });
    } else if (origin.hasRoom && goesOn) {
      this.#ready.putFirst(origin.entry, origin.inFlight);
    } else if (origin.hasRoom) {
      // It keeps its place as more of its rows are read.
      if (origin.entry.level !== origin.inFlight) this.#ready.put(origin.entry, origin.inFlight);
    } else {
      this.#ready.remove(origin.entry);
    }
  }

  /** How long nothing is to be sent to it yet, in ms. */
  #holdOf({ notBefore }: OriginQueue<Row>): number {
    return notBefore === 0 ? 0 : notBefore - this.#now();
  }

  /** Lists may have more origins than there is memory for. */
  #rest(origin: OriginQueue<Row>): void {
    origin.inTurn = 0;
    this.#idle.delete(origin);
    if (origin.isForgettable && this.#holdOf(origin) <= 0) {
      this.#forget(origin);
      return;
    }
    this.#idle.add(origin);
    if (this.#idle.size > MOST_IDLE) {
      this.#forget(this.#idle.values().next().value as OriginQueue<Row>);
    }
  }

  #forget(origin: OriginQueue<Row>): void {
    this.#idle.delete(origin);
    // One that was given up may have been followed by another of its name.
    if (this.#origins.get(origin.name) === origin) this.#origins.delete(origin.name);
  }
}

/** A permit, as far as the queue parks it. */
interface Parkable {
  isParked: boolean;
}

class RequestPermit<Row extends Addressed> implements Permit, Start, Parkable {
  isParked = false;
  readonly sentAt: number;
  readonly inFlight: number;
  readonly epoch: number;
  readonly #queue: AdmissionQueue<Row>;
  readonly health: OriginHealth;
  readonly #origin: OriginQueue<Row>;
  #isHeld = true;

  constructor(
    queue: AdmissionQueue<Row>,
    origin: OriginQueue<Row>,
    health: OriginHealth,
    sentAt: number,
  ) {
    this.#queue = queue;
    this.#origin = origin;
    this.health = health;
    this.sentAt = sentAt;
    this.inFlight = origin.inFlight;
    this.epoch = health.epoch;
  }

  get expected(): number {
    return this.#queue.expected(this.#origin.name);
  }

  park(): void {
    if (this.#isHeld && !this.isParked) this.#queue.park(this);
  }

  resume(): Promise<void> | undefined {
    return this.isParked ? this.#queue.resume(this) : undefined;
  }

  release(report?: RequestReport): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#queue.released(this.#origin, report, this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
