/** A server's counts of its requests: a snapshot, which does not change later. */
export interface FlagServerStats {
  /** Requests that arrived, without those for the probe. */
  readonly requests: number;
  /** Requests that are neither answered in full nor given up by the client. */
  readonly inFlight: number;
  /** The most requests that were in flight at a time. */
  readonly maxInFlight: number;
  /** Responses sent, by status. A request that the client gave up before has none. */
  readonly byStatus: Readonly<Record<number, number>>;
}

/** Counts requests on the server's side, to check a client's limits from outside. */
export class RequestStats {
  #requests = 0;
  #inFlight = 0;
  #maxInFlight = 0;
  readonly #byStatus = new Map<number, number>();

  arrived(): void {
    this.#requests += 1;
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
  }

  answered(status: number): void {
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
  }

  /** Called once for each request that arrived, when it is answered in full or given up. */
  left(): void {
    this.#inFlight -= 1;
  }

  snapshot(): FlagServerStats {
    return {
      requests: this.#requests,
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
      byStatus: Object.fromEntries(this.#byStatus),
    };
  }
}
