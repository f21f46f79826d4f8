import { Fifo } from '../concurrency/fifo.ts';
import type { Timer } from '../concurrency/timer.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import type { OriginDownError } from '../model/failure.ts';
import type { RequestReport } from '../model/request-report.ts';
import { Entry } from './bucket-queue.ts';
import type { Sample } from './limits/limit.ts';
import type { OriginControl } from './origin-control.ts';
import type { OriginHealth } from './origin-health.ts';
import type { Permit } from './permit.ts';

/** What a row that waits gets: a permit, or why there is none to be had. */
export type Admission = Permit | OriginDownError;

/** What of a row its admission depends on. */
export interface Addressed {
  /** Where its request goes: scheme, host and port. */
  readonly origin: string;
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
  readonly #makeControl: () => OriginControl;
  /** Undefined until a request is sent: thousands of origins may wait, and it takes a kilobyte and a half. */
  #control: OriginControl | undefined;
  readonly entry = new Entry<OriginQueue<Row>>(this);
  /** Rows that wait for another try: they go first, since a part of their file may be there. */
  readonly again = new WaitQueue<Admission>();
  /** Rows that wait for their first one. */
  readonly rows = new Fifo<Row>();
  /** Requests under way. */
  inFlight = 0;
  /** Requests admitted in its turn, which ends with so many, or with one that is not answered. */
  inTurn = 0;
  /** Wakes the queue once the origin may be asked, while rows wait for that. */
  timer: Timer | undefined;
  /** Not to be asked before, as its paces have it, in ms of the queue's clock. */
  #pacedUntil = 0;
  #requests = 0;
  /** Goes back to what was learned before the failures in a row, which may be those of a block. */
  #restore: (() => void) | undefined;

  /** @param makeControl called once, when the first request is sent */
  constructor(name: string, makeControl: () => OriginControl) {
    this.name = name;
    this.#makeControl = makeControl;
  }

  /** Undefined as long as no request was sent. */
  get health(): OriginHealth | undefined {
    return this.#control?.health;
  }

  /** How many requests may be in flight; one as long as none was. */
  get allowed(): number {
    return this.#control?.limit.current ?? 1;
  }

  /** How many rows wait for it. */
  get waiting(): number {
    return this.again.size + this.rows.size;
  }

  /** Whether fewer requests are in flight than may be. */
  get hasRoom(): boolean {
    return this.inFlight < this.allowed && (this.health?.hasRoom ?? true);
  }

  /** Not to be asked before, in ms of the queue's clock; 0 when it may be now. */
  get notBefore(): number {
    return Math.max(this.#pacedUntil, this.health?.notBefore ?? 0);
  }

  /** Whether there is nothing to remember of it, while no row waits for it. */
  get isForgettable(): boolean {
    if (this.health === undefined) return true;
    const { state, failures } = this.health;
    return state === 'down' || (state === 'well' && failures === 0 && this.#requests < WELL_KNOWN);
  }

  /** A request goes out at `now`. */
  started(now: number): OriginHealth {
    this.#control ??= this.#makeControl();
    const { health, paces } = this.#control;
    this.inFlight++;
    this.#requests++;
    health.started(now);
    for (const pace of paces) {
      pace.started();
      this.#pace(now + pace.remaining);
    }
    return health;
  }

  /** A request is over. @param report what it told; undefined when there was nothing to tell */
  ended(report: RequestReport | undefined, start: Start, now: number): void {
    this.inFlight--;
    const control = this.#control as OriginControl;
    const { health } = control;
    const { failures, state } = health;
    health.ended(report, start.epoch, start.sentAt, now);
    if (report === undefined) return;
    // The first failure since an answer: it may be that of a block, which is nothing to learn from.
    if (failures === 0 && health.failures > 0 && state === 'well') this.#mark(control);
    else if (health.failures === 0 && state !== 'held') this.#restore = undefined;
    if (health.state === 'held' || health.state === 'down') return;
    if (state === 'held' || state === 'down') {
      this.#restore?.();
      this.#restore = undefined;
    }
    const { latency, bytes, result, isSaid } = report;
    if (health.state === 'recovering' && result === 'overload') return;
    const { sentAt, inFlight } = start;
    this.#learn(control, { latency, bytes, inFlight, result, isSaid, sentAt, endedAt: now });
  }

  #mark({ limit, paces }: OriginControl): void {
    const restores = [limit, ...paces].map((learner) => learner.checkpoint?.());
    this.#restore = () => {
      for (const restore of restores) restore?.();
      this.#pacedUntil = 0;
    };
  }

  #learn({ limit, paces }: OriginControl, sample: Sample): void {
    limit.finished(sample);
    for (const pace of paces) {
      pace.finished(sample);
      this.#pace(sample.endedAt + pace.remaining);
    }
  }

  #pace(time: number): void {
    if (time > this.#pacedUntil) this.#pacedUntil = time;
  }
}
