import type { WaitOptions } from '../concurrency/index.ts';
import { OriginDownError } from '../model/failure.ts';
import type { RequestReport } from '../model/request-report.ts';
import { type Admitted, AdmittedRows } from './admitted-rows.ts';
import type { RunLimit } from './limits/run-limit.ts';
import { controlOf, type OriginOptions } from './origin-control.ts';
import type { Addressed, OriginQueue } from './origin-queue.ts';
import { OriginRegistry } from './origin-registry.ts';
import type { Permit } from './permit.ts';
import { ReadAhead } from './read-ahead.ts';
import { ReadyOrigins } from './ready-origins.ts';
import { RequestPermit } from './request-permit.ts';
import { RequestSlots } from './request-slots.ts';
import type { SharedLimits } from './shared-limits.ts';
import { SharedSteering, type Steered } from './shared-steering.ts';

/** Options of an {@link AdmissionQueue}. */
export interface AdmissionOptions extends OriginOptions {
  /** The most requests in flight at a time, over all origins; or what finds that number. */
  readonly maxRequests: number | RunLimit;
  /** The most requests parked at a time. @default 512 */
  readonly mostParked?: number | undefined;
  /** Limits that hold over several runs. @default none */
  readonly shared?: SharedLimits | undefined;
  /** A clock in ms that never goes back. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/**
 * Rows that wait for a permit to send their first request, and rows that wait for another try. One
 * reader puts rows in, as long as there is {@link room}; workers take those out that are admitted.
 *
 * A permit goes to the origin with the fewest requests in flight (max-min fairness: Bertsekas and
 * Gallager, "Data Networks", section 6.5.2). An origin that has its share waits until more of the list
 * is read, as the list may lead to others. So an origin that is slow, or does not answer at all, takes
 * nothing from the others. Within an origin, rows are admitted in the order in which they came, later
 * tries before first ones.
 */
export class AdmissionQueue<Row extends Addressed> implements Steered<Row> {
  readonly #now: () => number;
  readonly #slots: RequestSlots;
  readonly #origins: OriginRegistry<Row>;
  readonly #ready: ReadyOrigins<Row>;
  readonly #steering: SharedSteering<Row> | undefined;
  readonly #ahead = new ReadAhead();
  readonly #admitted = new AdmittedRows<Row>();
  #isClosed = false;

  /** @throws RangeError when `maxRequests` is not a whole number >= 1 */
  constructor(options: AdmissionOptions) {
    const { maxRequests, mostParked, shared, now = () => performance.now() } = options;
    this.#now = now;
    this.#slots = new RequestSlots(maxRequests, mostParked);
    this.#origins = new OriginRegistry(now, (name) => controlOf(name, options), shared);
    this.#ready = new ReadyOrigins(now, () => this.advance());
    this.#steering = shared && new SharedSteering(shared, this.#origins, this, now);
  }

  /** How many requests may be in flight at a time, now. */
  get maxRequests(): number {
    return this.#slots.limit;
  }

  /** The most that {@link maxRequests} can become. */
  get mostRequests(): number {
    return this.#slots.most;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.#slots.hasRoom;
  }

  /** The requests in flight, and how many are allowed, for each origin with rows or requests. */
  loads(): Iterable<{ readonly inFlight: number; readonly allowed: number }> {
    return this.#origins.loads();
  }

  /**
   * For the reader: asks for room before it pulls the next row.
   * @returns undefined when a row may be put now, else a promise that is fulfilled once one may be
   * @throws (rejects) the task's CancelledError
   */
  room(): Promise<void> | undefined {
    return this.#ahead.room(this.hasRoom, this.#origins.active);
  }

  /**
   * For the reader: adds a row, behind the others of its origin, or of a mirror if the origin does not
   * serve. When no mirror serves either and the origin was given up, the row is admitted at once, with an
   * OriginDownError.
   */
  put(row: Row): void {
    const name = this.#origins.originFor(row) ?? row.origin;
    const down = this.#origins.down.get(name);
    if (down !== undefined) {
      this.#admitted.put({ row, admission: down });
      return;
    }
    const origin = this.#origins.use(name);
    origin.rows.put(row);
    this.#ahead.put(this.#origins.active);
    this.updated(origin);
  }

  /**
   * For the reader: it has no row at hand, as it waits for the list. Until the next {@link put}, origins
   * may have more than their share.
   */
  pause(): void {
    this.#ahead.pause();
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
    return this.#admitted.take();
  }

  /**
   * Waits for the next admitted row.
   * @returns undefined once the queue is closed and every row has been admitted
   * @throws (rejects) the task's CancelledError
   */
  next(): Promise<Admitted<Row> | undefined> {
    return this.#admitted.next();
  }

  /** Closes the queue. The rows in it come out at once, without a permit. */
  stop(): void {
    const rows = this.clear();
    for (const row of rows) this.#admitted.put({ row, admission: undefined });
    this.close();
  }

  /** Removes the rows that were not admitted. */
  clear(): Row[] {
    return [...this.#origins.values()].flatMap((origin) => this.#drain(origin));
  }

  /**
   * Waits until one more request to `origin` may start. Hold the permit while the request is in flight,
   * no longer: neither saving the file nor waiting for another try is load on the server.
   * @throws OriginDownError when the origin is given up, or was; the task's CancelledError, or the
   *   signal's reason
   */
  async admit(origin: string, options: WaitOptions): Promise<Permit> {
    options.signal?.throwIfAborted();
    const down = this.#origins.down.get(origin);
    if (down !== undefined) throw down;
    const queue = this.#origins.use(origin);
    const waiting = queue.again.wait(undefined, options);
    this.updated(queue);
    try {
      const admission = await waiting;
      if (!(admission instanceof OriginDownError)) return admission;
      throw admission;
    } catch (error) {
      this.#settle(queue);
      throw error;
    }
  }

  /** Whether `origin` serves, as far as is known: it is not held, pausing, or given up. */
  isOpen(origin: string): boolean {
    return this.#origins.isOpen(origin);
  }

  /** When the next request to `origin` may be sent, by the queue's clock; 0 for now. */
  notBefore(origin: string): number {
    return this.#origins.get(origin)?.notBefore ?? 0;
  }

  /**
   * How many requests to `origin` are in flight or to come, of the rows that were read. Infinity while
   * the list goes on and leads to few origins: most of its rows are then of those.
   */
  expected(origin: string): number {
    if (!this.#isClosed && !ReadAhead.isWide(this.#origins.active)) return Number.POSITIVE_INFINITY;
    const known = this.#origins.get(origin);
    return known === undefined ? 0 : known.inFlight + known.waiting;
  }

  /**
   * A permit for a request that a row can do without.
   * @returns undefined when the request would have to wait, or would take the place of a row
   */
  tryAdmit(origin: string): Permit | undefined {
    if (!this.hasRoom || this.#slots.isAwaited) return undefined;
    if (this.#ready.first() !== undefined) return undefined;
    if (this.#origins.down.get(origin) !== undefined) return undefined;
    const queue = this.#origins.use(origin);
    if (queue.waiting > 0 || !queue.hasRoom || this.#ready.pauseOf(queue) > 0) {
      this.#settle(queue);
      return undefined;
    }
    return this.#start(queue);
  }

  /** Gives free slots to those that wait for one. */
  advance(): void {
    while (this.hasRoom) {
      if (this.#slots.resumeNext()) continue;
      const origin = this.#ready.first();
      if (origin === undefined) break;
      if (this.#ahead.isAhead(origin, this.maxRequests, this.#origins.active)) break;
      // The last wait of the origin may have been cancelled, or its share lost, a moment ago.
      if (origin.waiting > 0 && origin.hasRoom) this.#grant(origin);
      else this.#settle(origin);
    }
    this.#ahead.wake(this.hasRoom, this.#origins.active);
  }

  #grant(origin: OriginQueue<Row>): void {
    const permit = this.#start(origin);
    origin.inTurn++;
    if (origin.again.size > 0) {
      origin.again.next(permit);
      this.#settle(origin);
    } else {
      const row = origin.rows.take();
      this.#ahead.waiting--;
      this.#settle(origin);
      this.#admitted.put({ row, admission: permit });
      this.#endIfEmpty();
    }
  }

  /** Lets the workers end when no more rows will be admitted. */
  #endIfEmpty(): void {
    if (this.#isClosed && this.#ahead.waiting === 0) this.#admitted.end();
  }

  #start(origin: OriginQueue<Row>): Permit {
    const now = this.#now();
    this.#slots.take();
    const health = origin.started(now);
    return new RequestPermit(this, origin, health, now);
  }

  /** @internal for the permits */
  park(permit: RequestPermit<Row>): void {
    if (this.#slots.park(permit)) this.advance();
  }

  /** @internal for the permits */
  resume(permit: RequestPermit<Row>): Promise<void> | undefined {
    return this.#slots.resume(permit);
  }

  /** @internal for the permits */
  released(permit: RequestPermit<Row>, report: RequestReport | undefined): void {
    const { queue: origin, health } = permit;
    this.#slots.release(permit, report?.result === 'ok', this.#isHeldUp(origin));
    const before = health.state;
    origin.ended(report, permit, this.#now());
    if (health.state === 'held' && before !== 'held') {
      for (const mirror of this.#origins.moveToMirrors(origin)) this.#settle(mirror);
    }
    const down = this.#origins.healthChanged(origin, health, before);
    if (down !== undefined) this.#end(origin, down);
    if (report !== undefined) this.#steering?.ended(origin, health, before, report);
    this.#settle(origin, origin.goesOn(report));
    this.advance();
  }

  /** @internal for limits that runs share: an origin may be sent a request now, or no longer */
  updated(origin: OriginQueue<Row>): void {
    this.#settle(origin);
    this.advance();
  }

  /** @internal for limits that runs share: an origin was given up */
  end(origin: OriginQueue<Row>, error: OriginDownError): void {
    this.#end(origin, error);
    this.advance();
  }

  /** Whether rows wait because of the run's limit, and not of the limit of this origin. */
  #isHeldUp({ inFlight, allowed }: OriginQueue<Row>): boolean {
    return !this.hasRoom && (this.#ready.first() !== undefined || inFlight < allowed);
  }

  /** Ends all waits for the origin. */
  #end(origin: OriginQueue<Row>, error: OriginDownError): void {
    origin.again.all(error);
    for (const row of this.#drain(origin)) this.#admitted.put({ row, admission: error });
    this.#endIfEmpty();
  }

  /** Removes the rows of an origin that wait for their first try. */
  #drain(origin: OriginQueue<Row>): Row[] {
    const rows: Row[] = [];
    while (origin.rows.size > 0) rows.push(origin.rows.take());
    this.#ahead.waiting -= rows.length;
    this.#settle(origin);
    return rows;
  }

  /** To be called after each change to an origin. @param goesOn as in {@link ReadyOrigins.update} */
  #settle(origin: OriginQueue<Row>, goesOn = false): void {
    this.#ready.update(origin, goesOn);
    if (origin.waiting > 0 || origin.inFlight > 0) return;
    this.#origins.rest(origin, this.#ready.pauseOf(origin) > 0);
  }
}
