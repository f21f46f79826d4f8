import type { ActivityLog, RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';

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
 * read it at any time: from a timer that draws a screen, say. There are no events, and reading it costs
 * the run nothing. Each run needs its own.
 *
 * @example
 * const activity = new Activity();
 * const timer = setInterval(() => {
 *   console.error(`${activity.received} bytes so far`);
 *   for (const { url, offset, received, length = Number.NaN } of activity.requests) {
 *     console.error(url, `${Math.round((100 * (offset + received)) / length)} %`);
 *   }
 *   for (const { url, reason, until } of activity.waiting) {
 *     console.error(url, reason, `again in ${until - performance.now()} ms`);
 *   }
 * }, 1000);
 * for await (const outcome of download(rows, { directory, activity })) save(outcome);
 * clearInterval(timer);
 */
export class Activity {
  /** The requests in flight, the oldest first. */
  readonly requests: Set<RequestInFlight> = new Set();
  /** The rows that wait for their next try, those that have waited longest first. */
  readonly waiting: Set<RowWaiting> = new Set();
  /** Bytes of the requests that are over. */
  #received = 0;
  #queue: Busy | undefined;

  /**
   * The bytes of files that have come so far, as they were sent, over all requests: those in flight and
   * those that failed, too. It is for the speed of the run. What there is of a file is in `requests`.
   */
  get received(): number {
    let sum = this.#received;
    for (const { received } of this.requests) sum += received;
    return sum;
  }

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

  /** @internal for `download` */
  readonly log: ActivityLog = {
    begin: (request) => this.requests.add(request),
    end: (request) => {
      if (this.requests.delete(request)) this.#received += request.received;
    },
    wait: (row) => this.waiting.add(row),
    goOn: (row) => this.waiting.delete(row),
  };

  #sum(part: (load: OriginLoad) => number): number {
    let sum = 0;
    for (const load of this.#queue?.loads() ?? []) sum += part(load);
    return sum;
  }
}
