import { OriginDownError } from '../model/failure.ts';
import type { RequestReport } from '../model/request-report.ts';
import type { OriginHealth, OriginState } from './origin-health.ts';
import type { Addressed, OriginQueue } from './origin-queue.ts';
import type { OriginRegistry } from './origin-registry.ts';
import type { OriginTrouble, SharedLimits, SharedOrigins } from './shared-limits.ts';

/** What the steering does to the queue. */
export interface Steered<Row extends Addressed> {
  /** The most requests in flight of the run. */
  readonly maxRequests: number;
  /** An origin may be sent a request now, or no longer. */
  updated(origin: OriginQueue<Row>): void;
  /** Ends all rows of an origin. */
  end(origin: OriginQueue<Row>, error: OriginDownError): void;
}

/** Connects the origins of one run to the limits that several runs share, in both directions. */
export class SharedSteering<Row extends Addressed> implements SharedOrigins {
  readonly #limits: SharedLimits;
  readonly #origins: OriginRegistry<Row>;
  readonly #queue: Steered<Row>;
  readonly #now: () => number;
  /** When any origin answered last. */
  #answeredAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms */
  constructor(
    limits: SharedLimits,
    origins: OriginRegistry<Row>,
    queue: Steered<Row>,
    now: () => number,
  ) {
    this.#now = now;
    this.#limits = limits;
    this.#origins = origins;
    this.#queue = queue;
    limits.begin(this);
  }

  /** Says what a request has shown that is over. @param before the state of the origin until then */
  ended(
    { name }: OriginQueue<Row>,
    health: OriginHealth,
    before: OriginState,
    { result, retryAfter, cause }: RequestReport,
  ): void {
    const { state, notBefore } = health;
    if (result === 'ok') this.#answeredAt = this.#now();
    const wasServing = before === 'well' || before === 'recovering';
    const serves = state === 'well' || state === 'recovering';
    if (serves && !wasServing) this.#limits.recovered(name);
    else if (serves && retryAfter !== undefined && notBefore > 0) {
      this.#limits.paused(name, notBefore);
    } else if (state === 'held') this.#limits.held(name, notBefore, this.#trouble(health, cause));
    else if (state === 'down' && before !== 'down') {
      this.#limits.down(name, this.#trouble(health, health.cause));
    }
  }

  inFlight(name: string): number {
    return this.#origins.get(name)?.inFlight ?? 0;
  }

  demand(name: string): number {
    return Math.min(this.#origins.get(name)?.demand ?? 0, this.#queue.maxRequests);
  }

  changed(name: string): void {
    const origin = this.#origins.get(name);
    if (origin === undefined) return;
    origin.shareChanged(this.#now());
    this.#queue.updated(origin);
  }

  hold(name: string, until: number, since = Number.POSITIVE_INFINITY): void {
    const origin = this.#origins.get(name);
    if (origin === undefined || origin.hasAnsweredSince(since)) return;
    origin.hold(until);
    this.#queue.updated(origin);
  }

  resume(name: string): void {
    this.#origins.down.delete(name);
    const origin = this.#origins.get(name);
    if (origin === undefined) return;
    origin.health?.resume();
    this.#queue.updated(origin);
  }

  giveUp(name: string, cause: unknown, until: number, since: number): void {
    const origin = this.#origins.get(name);
    if (origin?.hasAnsweredSince(since)) return;
    const error = new OriginDownError(name, cause);
    this.#origins.down.add(name, error, until);
    if (origin === undefined) return;
    origin.health?.giveUp(cause);
    this.#queue.end(origin, error);
  }

  #trouble({ failingSince: since }: OriginHealth, cause: unknown): OriginTrouble {
    return { cause, since, answeredAt: this.#answeredAt };
  }
}
