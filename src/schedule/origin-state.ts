import { Fifo } from '../concurrency/fifo.ts';
import type { Timer } from '../concurrency/timer.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import { Entry } from './bucket-queue.ts';
import type { Limit, Sample } from './limit.ts';
import type { Pace } from './pace.ts';
import type { Permit } from './permit.ts';

/** What of a row its admission depends on. */
export interface Addressed {
  /** Where its request goes: scheme, host and port. */
  readonly origin: string;
}

/** One origin: the rows that wait for it, and whether it may be asked now. */
export class OriginState<Row extends Addressed> {
  readonly name: string;
  readonly limit: Limit;
  readonly entry = new Entry<OriginState<Row>>(this);
  /** Rows that wait for another try: they go first, since a part of their file may be there. */
  readonly again = new WaitQueue<Permit>();
  /** Rows that wait for their first one. */
  readonly rows = new Fifo<Row>();
  /** Requests under way. */
  inFlight = 0;
  /** Not to be asked before, in ms of the queue's clock. */
  notBefore = 0;
  /** Wakes the queue then, while rows wait. */
  timer: Timer | undefined;
  readonly #paces: readonly Pace[];

  constructor(name: string, limit: Limit, paces: readonly Pace[]) {
    this.name = name;
    this.limit = limit;
    this.#paces = paces;
  }

  /** How many rows wait for it. */
  get waiting(): number {
    return this.again.size + this.rows.size;
  }

  /** Whether fewer requests are in flight than may be. */
  get hasRoom(): boolean {
    return this.inFlight < this.limit.current;
  }

  /** A request goes out at `now`. */
  started(now: number): void {
    this.inFlight++;
    for (const pace of this.#paces) {
      pace.started();
      this.hold(now + pace.remaining);
    }
  }

  /** A request is over. @param sample what it told; undefined when there was nothing to tell */
  ended(sample: Sample | undefined): void {
    this.inFlight--;
    if (sample === undefined) return;
    this.limit.finished(sample);
    for (const pace of this.#paces) {
      pace.finished(sample);
      this.hold(sample.endedAt + pace.remaining);
    }
  }

  /** Sends it nothing until `time`, or longer when that was asked for already. */
  hold(time: number): void {
    if (time > this.notBefore) this.notBefore = time;
  }
}
