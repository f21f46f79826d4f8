import { Fifo } from '../concurrency/fifo.ts';
import type { Timer } from '../concurrency/timer.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import type { OriginDownError } from '../model/failure.ts';
import type { RequestReport } from '../model/request-report.ts';
import { Entry } from './bucket-queue.ts';
import type { Limit, Sample } from './limit.ts';
import type { OriginHealth } from './origin-health.ts';
import type { Pace } from './pace.ts';
import type { Permit } from './permit.ts';

/** What a row that waits gets: a permit, or why there is none to be had. */
export type Admission = Permit | OriginDownError;

/** What of a row its admission depends on. */
export interface Addressed {
  /** Where its request goes: scheme, host and port. */
  readonly origin: string;
}

/** What decides how an origin is asked. */
export interface OriginControl {
  readonly limit: Limit;
  readonly paces: readonly Pace[];
  readonly health: OriginHealth;
}

/** When a request was admitted, and among how many. */
export interface Start {
  readonly sentAt: number;
  /** Requests to the origin in flight, this one included. */
  readonly inFlight: number;
  /** Of the origin's health. */
  readonly epoch: number;
}

/** An origin with more requests behind it than this has something to be remembered for. */
const WELL_KNOWN = 32;

/** One origin: the rows that wait for it, and whether it may be asked now. */
export class OriginQueue<Row extends Addressed> {
  readonly name: string;
  readonly limit: Limit;
  readonly health: OriginHealth;
  readonly entry = new Entry<OriginQueue<Row>>(this);
  /** Rows that wait for another try: they go first, since a part of their file may be there. */
  readonly again = new WaitQueue<Admission>();
  /** Rows that wait for their first one. */
  readonly rows = new Fifo<Row>();
  /** Requests under way. */
  inFlight = 0;
  /** Requests admitted since others of its level had their turn. */
  inTurn = 0;
  /** Wakes the queue once the origin may be asked, while rows wait for that. */
  timer: Timer | undefined;
  readonly #paces: readonly Pace[];
  /** Not to be asked before, as its paces have it, in ms of the queue's clock. */
  #pacedUntil = 0;
  #requests = 0;
  /** Goes back to what was learned before the failures in a row, which may be those of a block. */
  #restore: (() => void) | undefined;

  constructor(name: string, { limit, paces, health }: OriginControl) {
    this.name = name;
    this.limit = limit;
    this.health = health;
    this.#paces = paces;
  }

  /** How many rows wait for it. */
  get waiting(): number {
    return this.again.size + this.rows.size;
  }

  /** Whether fewer requests are in flight than may be. */
  get hasRoom(): boolean {
    return this.inFlight < this.limit.current && this.health.hasRoom;
  }

  /** Not to be asked before, in ms of the queue's clock; 0 when it may be now. */
  get notBefore(): number {
    return Math.max(this.#pacedUntil, this.health.notBefore);
  }

  /** Whether there is nothing to remember of it, while no row waits for it. */
  get isForgettable(): boolean {
    const { state, failures } = this.health;
    return state === 'down' || (state === 'well' && failures === 0 && this.#requests < WELL_KNOWN);
  }

  /** A request goes out at `now`. */
  started(now: number): void {
    this.inFlight++;
    this.#requests++;
    this.health.started(now);
    for (const pace of this.#paces) {
      pace.started();
      this.#pace(now + pace.remaining);
    }
  }

  /** A request is over. @param report what it told; undefined when there was nothing to tell */
  ended(report: RequestReport | undefined, start: Start, now: number): void {
    this.inFlight--;
    const { health } = this;
    const { failures, state } = health;
    health.ended(report, start.epoch, start.sentAt, now);
    if (report === undefined) return;
    // The first failure since an answer: it may be that of a block, which is nothing to learn from.
    if (failures === 0 && health.failures > 0 && state === 'well') this.#mark();
    else if (health.failures === 0 && state !== 'held') this.#restore = undefined;
    if (health.state === 'held' || health.state === 'down') return;
    if (state === 'held' || state === 'down') {
      this.#restore?.();
      this.#restore = undefined;
    }
    const { latency, bytes, result, isSaid } = report;
    if (health.state === 'recovering' && result === 'overload') return;
    const { sentAt, inFlight } = start;
    this.#learn({ latency, bytes, inFlight, result, isSaid, sentAt, endedAt: now });
  }

  #mark(): void {
    const { limit } = this;
    const restores = [limit, ...this.#paces].map((learner) => learner.checkpoint?.());
    this.#restore = () => {
      for (const restore of restores) restore?.();
      this.#pacedUntil = 0;
    };
  }

  #learn(sample: Sample): void {
    this.limit.finished(sample);
    for (const pace of this.#paces) {
      pace.finished(sample);
      this.#pace(sample.endedAt + pace.remaining);
    }
  }

  #pace(time: number): void {
    if (time > this.#pacedUntil) this.#pacedUntil = time;
  }
}
