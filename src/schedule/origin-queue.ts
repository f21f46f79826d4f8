import { Fifo, type Timer, WaitQueue } from '../concurrency/index.ts';
import type { OriginDownError } from '../model/failure.ts';
import type { RequestReport } from '../model/request-report.ts';
import { Entry } from './bucket-queue.ts';
import type { Sample } from './limits/limit.ts';
import type { OriginControl } from './origin-control.ts';
import type { OriginHealth } from './origin-health.ts';
import type { Permit } from './permit.ts';
import type { OriginShare } from './shared-limits.ts';

/** What a waiting row gets: a permit, or why there will be none. */
export type Admission = Permit | OriginDownError;

/** Where a row's request may go. */
export interface Addressed {
  /** Scheme, host and port of its URL. */
  readonly origin: string;
  /** Other URLs of the same file. */
  readonly mirrors?: readonly string[] | undefined;
}

/** When a request was admitted, and among how many. */
export interface Start {
  readonly sentAt: number;
  /** Requests to the origin in flight, this one included. */
  readonly inFlight: number;
  /** The epoch of the origin's health. */
  readonly epoch: number;
}

/**
 * So many times what it has learned an origin could have the next moment: what a run asks for while
 * others need some of the origin too.
 */
const GROWTH = 1.25;

/** From so many requests on, enough was learned about an origin to remember it. */
const WELL_KNOWN = 32;

/**
 * The most requests that an origin gets in a row while others wait that have as many in flight: its
 * connection is open already. M. Shreedhar and G. Varghese, "Efficient Fair Queuing Using Deficit Round
 * Robin" (SIGCOMM 1995).
 */
const QUANTUM = 8;

/** One origin: the rows that wait for it, and whether it may be sent a request now. */
export class OriginQueue<Row extends Addressed> {
  readonly name: string;
  readonly #makeControl: (name: string) => OriginControl;
  /** Undefined until a request is sent: it takes 1.5 kB, and thousands of origins may wait. */
  #control: OriginControl | undefined;
  readonly entry = new Entry<OriginQueue<Row>>(this);
  /** Rows that wait for another try. They go first, as a part of their file may be there. */
  readonly again = new WaitQueue<Admission>();
  /** Rows that wait for their first try. */
  readonly rows = new Fifo<Row>();
  /** Requests in flight. */
  inFlight = 0;
  /** Requests admitted in a row. A request that is not answered ends the count. */
  inTurn = 0;
  /** Fires when the pause of the origin is over, while rows wait for that. */
  timer: Timer | undefined;
  /** What other runs leave of the origin; undefined while all of it is this run's. */
  share: OriginShare | undefined;
  /** Until when its paces forbid the next request, in ms of the queue's clock. */
  #pacedUntil = 0;
  #requests = 0;
  /** Forgets what was learned since the first of the failures in a row: a block teaches nothing. */
  #restore: (() => void) | undefined;

  /** @param makeControl called once, when the first request is sent */
  constructor(name: string, makeControl: (name: string) => OriginControl) {
    this.name = name;
    this.#makeControl = makeControl;
  }

  /** Undefined as long as no request was sent. */
  get health(): OriginHealth | undefined {
    return this.#control?.health;
  }

  /** How many requests may be in flight; 1 before the first request. */
  get allowed(): number {
    const own = this.#control?.limit.current ?? 1;
    return this.share === undefined ? own : Math.min(own, this.share.requests);
  }

  /** How many requests may soon be in flight, with the largest share. */
  get demand(): number {
    const own = this.#control?.limit.current ?? 1;
    return Math.min(this.inFlight + this.waiting, Math.ceil(own * GROWTH));
  }

  /** How many rows wait. */
  get waiting(): number {
    return this.again.size + this.rows.size;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.inFlight < this.allowed && (this.health?.hasRoom ?? true);
  }

  /** When the next request may be sent, in ms of the queue's clock; 0 for now. */
  get notBefore(): number {
    return Math.max(this.#pacedUntil, this.health?.notBefore ?? 0);
  }

  /** Whether nothing about the origin needs to be remembered while no row waits for it. */
  get isForgettable(): boolean {
    if (this.health === undefined) return true;
    const { state, failures } = this.health;
    return state === 'down' || (state === 'well' && failures === 0 && this.#requests < WELL_KNOWN);
  }

  /** A request is sent at `now`. */
  started(now: number): OriginHealth {
    const { health, paces } = this.#controlled();
    this.inFlight++;
    this.#requests++;
    health.started(now);
    for (const pace of paces) {
      pace.started();
      this.#pace(now + pace.remaining);
    }
    const shared = this.share?.pace;
    if (shared !== undefined) {
      shared.started();
      this.#pace(now + shared.remaining);
    }
    return health;
  }

  /** The share has changed, or is a new one. */
  shareChanged(now: number): void {
    const { share } = this;
    if (share === undefined) return;
    this.#control?.limit.keepTo?.(Math.max(1, share.requests));
    if (share.pace !== undefined) this.#pace(now + share.pace.remaining);
  }

  /** No requests before `time`, as another run was told or has found. */
  hold(time: number): void {
    this.#controlled().health.pause(time);
  }

  /** Whether an answer came to a request that was sent at `time` or later. */
  hasAnsweredSince(time: number): boolean {
    return this.health !== undefined && this.health.answeredAt >= time;
  }

  /** A request is over. @param report what it told about the server, if anything */
  ended(report: RequestReport | undefined, start: Start, now: number): void {
    this.inFlight--;
    const control = this.#controlled();
    const { health } = control;
    const { failures, state } = health;
    health.ended(report, start.epoch, start.sentAt, now);
    if (report === undefined) return;
    // With the first failure since an answer, a block may have begun.
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

  /**
   * Whether the origin may have the next request as well, before others with as many in flight. To be
   * called once for each request that is over.
   */
  goesOn(report: RequestReport | undefined): boolean {
    const goesOn = report?.result === 'ok' && this.inTurn < QUANTUM;
    if (!goesOn) this.inTurn = 0;
    return goesOn;
  }

  #controlled(): OriginControl {
    if (this.#control !== undefined) return this.#control;
    this.#control = this.#makeControl(this.name);
    if (this.share !== undefined) {
      this.#control.limit.keepTo?.(Math.max(1, this.share.requests));
    }
    return this.#control;
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
