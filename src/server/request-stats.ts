/** What a server saw, as a value: it does not change as more requests come. */
export interface FlagServerStats {
  /** Requests that arrived, the probe's left out. */
  readonly requests: number;
  /** Arrived, and neither answered in full nor given up by the client yet. */
  readonly inFlight: number;
  /** The most that were ever in flight at once. */
  readonly maxInFlight: number;
  /** How many responses were sent with each status; a request given up before has none. */
  readonly byStatus: Readonly<Record<number, number>>;
}

/** Counts requests from the server's side, where a client's limit can be checked and not just believed. */
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

  /** Answered in full or given up: either way, once for each that arrived. */
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
