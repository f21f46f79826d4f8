import { Fifo } from '../concurrency/fifo.ts';
import type { Timer } from '../concurrency/timer.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import { Place } from './levels.ts';
import type { Limit, Sample } from './limit.ts';
import type { Pace } from './pace.ts';
import type { Permit } from './permit.ts';

/** What is done with a permit once it is there. */
export type Claim = (permit: Permit) => void;

/** One origin: who waits for it, and whether it may be asked now. */
export class Origin {
  readonly name: string;
  readonly limit: Limit;
  readonly place = new Place<Origin>(this);
  /** Rows that wait for another try: they go first, since there is something of them already. */
  readonly again = new WaitQueue<Permit>();
  /** Rows that wait for their first one. */
  readonly rows = new Fifo<Claim>();
  /** Requests under way. */
  inFlight = 0;
  /** Not to be asked before, in ms of the scheduler's clock. */
  notBefore = 0;
  /** Wakes the scheduler then, while anybody waits. */
  timer: Timer | undefined;
  readonly #paces: readonly Pace[];

  constructor(name: string, limit: Limit, paces: readonly Pace[]) {
    this.name = name;
    this.limit = limit;
    this.#paces = paces;
  }

  /** How many wait for it. */
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

  /** Leaves it alone until `time`, or longer when that was asked for already. */
  hold(time: number): void {
    if (time > this.notBefore) this.notBefore = time;
  }
}
