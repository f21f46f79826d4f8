import type { RequestInFlight } from '../model/request-in-flight.ts';

/** How busy an origin is. */
interface OriginLoad {
  readonly inFlight: number;
  /** Requests that may be in flight, as its limit has it; Infinity for none. */
  readonly allowed: number;
}

/** What admits a run's requests, as far as this looks at it. */
interface Busy {
  readonly maxRequests: number;
  loads(): Iterable<OriginLoad>;
}

/**
 * What a run is doing, to be looked at while it does: handed to `download`, which keeps it up to date.
 * For one run.
 */
export class Activity {
  /** Those under way, the oldest first. */
  readonly requests: Set<RequestInFlight> = new Set();
  #queue: Busy | undefined;

  /** How many requests are in flight. */
  get inFlight(): number {
    return this.#sum(({ inFlight }) => inFlight);
  }

  /**
   * How many there may be: of all origins that are being asked, and of the run. 0 before it has begun.
   * This is what `maxRequests: 'auto'` has found so far.
   */
  get allowed(): number {
    const most = this.#queue?.maxRequests ?? 0;
    return Math.min(
      most,
      this.#sum(({ allowed }) => allowed),
    );
  }

  /** @internal for `download` */
  follow(queue: Busy): void {
    this.#queue = queue;
  }

  #sum(part: (load: OriginLoad) => number): number {
    let sum = 0;
    for (const load of this.#queue?.loads() ?? []) sum += part(load);
    return sum;
  }
}
