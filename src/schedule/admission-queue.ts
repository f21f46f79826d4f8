import { Fifo } from '../concurrency/fifo.ts';
import type { WaitOptions } from '../concurrency/suspension.ts';
import { Timer } from '../concurrency/timer.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import type { RequestReport } from '../model/request-report.ts';
import { BucketQueue } from './bucket-queue.ts';
import type { Limit } from './limit.ts';
import { type Addressed, OriginState } from './origin-state.ts';
import type { Pace } from './pace.ts';
import type { Permit } from './permit.ts';

/** What an {@link AdmissionQueue} goes by. */
export interface AdmissionOptions {
  /** At most this many requests in flight at a time, over all origins. */
  readonly maxRequests: number;
  /** How many of them one origin may have. Default: as many as there may be. */
  readonly limitFor?: ((origin: string) => Limit) | undefined;
  /** How soon requests to one origin may follow each other. Default: at once. */
  readonly pacesFor?: ((origin: string) => readonly Pace[]) | undefined;
  /** A clock in ms that never goes back; a test has its own. */
  readonly now?: (() => number) | undefined;
}

/** A row that has left the queue. */
export interface Admission<Row> {
  readonly row: Row;
  /** For its first request; undefined when the queue was stopped. */
  readonly permit: Permit | undefined;
}

/**
 * Rows read beyond those that were admitted, at most: they let other origins go ahead of one that has
 * to wait. More would be memory that the length of the list decides on.
 */
export const LOOK_AHEAD = 10_000;

/** Origins without requests of which it remembers what was learned of them. */
const MOST_IDLE = 10_000;

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
  readonly #origins = new Map<string, OriginState<Row>>();
  /** Origins that may be asked now and have rows waiting, by how many requests they have in flight. */
  readonly #ready = new BucketQueue<OriginState<Row>>();
  #inFlight = 0;
  /** Rows that wait for their first permit. */
  #waiting = 0;
  /** Admitted while no worker waited. */
  readonly #admitted = new Fifo<Admission<Row>>();
  readonly #workers = new WaitQueue<Admission<Row> | undefined>();
  /** The reader, while there is no room. */
  readonly #reader = new WaitQueue<void>();
  /** The reader has rows at hand: it puts one as soon as there is room. */
  #isFed = false;
  #isClosed = false;

  /** @throws RangeError when `maxRequests` is no whole number ≥ 1 */
  constructor(options: AdmissionOptions) {
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

  /**
   * For the reader: asks for room before it pulls the next row.
   * @returns undefined when a row may be put now, else a promise that is fulfilled once one may be
   * @throws the task's CancelledError
   */
  room(): Promise<void> | undefined {
    this.#isFed = true;
    if (this.hasRoom && this.#waiting < LOOK_AHEAD) return undefined;
    return this.#reader.wait(undefined);
  }

  /** For the reader: adds a row, which is admitted behind those of its origin. */
  put(row: Row): void {
    this.#isFed = true;
    this.#waiting++;
    const origin = this.#origin(row.origin);
    origin.rows.put(row);
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
  take(): Admission<Row> | undefined {
    return this.#admitted.size > 0 ? this.#admitted.take() : undefined;
  }

  /**
   * Waits for the next admitted row.
   * @returns undefined once the queue is closed and every row has been admitted
   * @throws the task's CancelledError
   */
  next(): Promise<Admission<Row> | undefined> {
    if (this.#admitted.size > 0) return Promise.resolve(this.#admitted.take());
    if (this.#isClosed && this.#waiting === 0) return Promise.resolve(undefined);
    return this.#workers.wait(undefined);
  }

  /** Closes the queue. The rows in it come out at once, without a permit. */
  stop(): void {
    const rows = this.clear();
    for (const row of rows) this.#hand({ row, permit: undefined });
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

  /** `origin` asked to be left alone for `ms`: nobody is admitted to it until then. */
  holdBack(origin: string, ms: number): void {
    const queue = this.#origin(origin);
    queue.hold(this.#now() + ms);
    this.#settle(queue);
  }

  #origin(name: string): OriginState<Row> {
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      const { limitFor, pacesFor } = this.#options;
      origin = new OriginState<Row>(name, limitFor?.(name) ?? UNLIMITED, pacesFor?.(name) ?? []);
      this.#origins.set(name, origin);
    }
    return origin;
  }

  /** Gives the room there is to the rows that wait for it. */
  advance(): void {
    while (this.hasRoom) {
      const origin = this.#ready.first();
      if (origin === undefined || (this.#isFed && this.#isAhead(origin))) {
        if (this.#waiting < LOOK_AHEAD) this.#reader.next();
        return;
      }
      // The row that waited there may have been cancelled a moment ago.
      if (origin.waiting > 0) this.#grant(origin);
      else this.#settle(origin);
    }
  }

  /**
   * Whether an origin has its share of the requests already, so that others that the list may have go
   * first. Rows that were tried before do not wait for that: the rows behind them may wait for them.
   */
  #isAhead({ inFlight, again }: OriginState<Row>): boolean {
    if (again.size > 0 || this.#waiting >= LOOK_AHEAD) return false;
    return inFlight >= this.maxRequests / this.#origins.size;
  }

  #grant(origin: OriginState<Row>): void {
    const permit = this.#start(origin);
    if (origin.again.size > 0) {
      origin.again.next(permit);
      this.#settle(origin);
    } else {
      const row = origin.rows.take();
      this.#waiting--;
      this.#settle(origin);
      this.#hand({ row, permit });
      this.#endIfEmpty();
    }
  }

  #hand(admission: Admission<Row>): void {
    if (!this.#workers.next(admission)) this.#admitted.put(admission);
  }

  /** Every row has been admitted, and none comes: the workers that wait have nothing to wait for. */
  #endIfEmpty(): void {
    if (this.#isClosed && this.#waiting === 0) this.#workers.all(undefined);
  }

  #start(origin: OriginState<Row>): Permit {
    const now = this.#now();
    this.#inFlight++;
    origin.started(now);
    return new RequestPermit(this, origin, now);
  }

  /** @internal for the permits */
  released(
    origin: OriginState<Row>,
    report: RequestReport | undefined,
    sentAt: number,
    inFlight: number,
  ) {
    this.#inFlight--;
    origin.ended(report && { ...report, sentAt, endedAt: this.#now(), inFlight });
    this.#settle(origin);
    this.advance();
  }

  /** Puts an origin where it belongs by now: among those that are ready, or to sleep. */
  #settle(origin: OriginState<Row>): void {
    origin.timer?.clear();
    origin.timer = undefined;
    if (origin.waiting === 0) {
      this.#ready.remove(origin.entry);
      if (origin.inFlight === 0) this.#forget(origin);
      return;
    }
    const wait = this.#holdOf(origin);
    if (wait > 0) {
      this.#ready.remove(origin.entry);
      origin.timer = new Timer(Math.ceil(wait), () => {
        this.#settle(origin);
        this.advance();
      });
    } else if (origin.hasRoom) {
      this.#ready.put(origin.entry, origin.inFlight);
    } else {
      this.#ready.remove(origin.entry);
    }
  }

  /** How long it is still to be left alone, in ms. */
  #holdOf(origin: OriginState<Row>): number {
    if (origin.notBefore === 0) return 0;
    const wait = origin.notBefore - this.#now();
    if (wait <= 0) origin.notBefore = 0;
    return wait;
  }

  /** Lists may have more origins than there is memory for. */
  #forget(origin: OriginState<Row>): void {
    if (this.#origins.size <= MOST_IDLE || this.#holdOf(origin) > 0) return;
    this.#origins.delete(origin.name);
  }
}

class RequestPermit<Row extends Addressed> implements Permit {
  readonly #queue: AdmissionQueue<Row>;
  readonly #origin: OriginState<Row>;
  readonly #sentAt: number;
  readonly #inFlight: number;
  #isHeld = true;

  constructor(queue: AdmissionQueue<Row>, origin: OriginState<Row>, sentAt: number) {
    this.#queue = queue;
    this.#origin = origin;
    this.#sentAt = sentAt;
    this.#inFlight = origin.inFlight;
  }

  release(report?: RequestReport): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#queue.released(this.#origin, report, this.#sentAt, this.#inFlight);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
