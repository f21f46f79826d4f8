import type { RequestInFlight } from '../model/request-in-flight.ts';

/** The load of one origin. */
interface OriginLoad {
  readonly inFlight: number;
  /** The limit of its requests in flight; Infinity without one. */
  readonly allowed: number;
}

/** The part of the admission queue that is read here. */
interface Busy {
  readonly maxRequests: number;
  loads(): Iterable<OriginLoad>;
}

/**
 * What a run is doing at the moment. Pass one to `download` as `activity`, which keeps it up to date, and
 * read it at any time: from a timer that draws a screen, say. Each run needs its own.
 *
 * @example
 * const activity = new Activity();
 * const timer = setInterval(() => console.error(activity.inFlight, activity.allowed), 1000);
 * for await (const outcome of download(rows, { directory, activity })) save(outcome);
 * clearInterval(timer);
 */
export class Activity {
  /** The requests in flight, the oldest first. */
  readonly requests: Set<RequestInFlight> = new Set();
  #queue: Busy | undefined;

  /** The number of requests in flight. */
  get inFlight(): number {
    return this.#sum(({ inFlight }) => inFlight);
  }

  /**
   * The number of requests that may be in flight: the limits of all origins with requests, and at most
   * that of the run. 0 before the run has begun. With `maxRequests: 'auto'` it is the number found so
   * far.
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
