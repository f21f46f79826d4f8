import { type LinkedEntry, LinkedList } from '../transport/linked-list.ts';

/** An attempt to connect, which needs a place among the open connections first. */
export interface PlaceRequest {
  /** There is a place. The request holds it, until {@link OpenConnections.leave}. */
  granted(): void;
}

/** What {@link OpenConnections} go by. */
export interface OpenConnectionsOptions {
  /** Connections that may be open or under way at a time, over all origins; Infinity for any number. */
  readonly max: number;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
}

/** After the system has refused one, a connection is tried again so much later, in ms. */
const RETRY_EVERY = 100;

/** For how long a bound found this way holds, in ms: the files may have been another program's. */
const LEARNED_FOR = 10_000;

/** The share of the connections open at a refusal that are kept: the rest of the files is for saving. */
const SHARE_OF_LEARNED = 0.9;

/**
 * How many connections there are over all origins, and how many there may be. At the bound the idle
 * connection that was used least recently is closed for a new one. Where none is idle, attempts wait: first
 * come, first served.
 *
 * Also an attempt that the system has refused a file or a port for tries again here.
 */
export class OpenConnections implements Disposable {
  readonly #max: number;
  readonly #now: () => number;
  /** Connections that serve nothing, the one used least recently first. */
  readonly #idle = new LinkedList<Disposable>();
  readonly #waiting = new LinkedList<PlaceRequest>();
  /** Refused by the system. They wait again from the next tick on. */
  readonly #refused = new LinkedList<PlaceRequest>();
  #size = 0;
  #learned = Number.POSITIVE_INFINITY;
  /** When that was; undefined while nothing is known of a bound. */
  #learnedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor({ max, now }: OpenConnectionsOptions) {
    this.#max = max;
    this.#now = now;
  }

  /** How many are open, or under way. */
  get size(): number {
    return this.#size;
  }

  /**
   * Asks for a place. It is granted at once when there is one, or one can be made.
   * @param request in none of our lists
   */
  join(request: LinkedEntry<PlaceRequest>): void {
    // First come, first served: none is idle as long as others wait.
    if (this.#waiting.first === undefined && this.#makePlace()) this.#grant(request);
    else this.#waiting.append(request);
  }

  /** Gives up a request that holds no place yet. @returns false when it does hold one */
  cancel(request: LinkedEntry<PlaceRequest>): boolean {
    return this.#waiting.remove(request) || this.#refused.remove(request);
  }

  /** A place is free again: its connection is closed, or was not made. */
  leave(): void {
    this.#size--;
    this.#serve();
  }

  /** A connection has nothing to do, also when that is known. It is closed at once if others wait for its place. */
  becameIdle(connection: LinkedEntry<Disposable>): void {
    if (this.#waiting.first !== undefined) connection.value[Symbol.dispose]();
    else if (connection.list === undefined) this.#idle.append(connection);
  }

  /** A connection is in use, or gone. */
  becameBusy(connection: LinkedEntry<Disposable>): void {
    this.#idle.remove(connection);
  }

  /**
   * Takes the place of `request`, which the system has refused a file or a port, and grants it another one
   * after a short wait.
   * @param isFull no connection whatever could have been made: fewer are held for a while
   */
  retry(request: LinkedEntry<PlaceRequest>, isFull: boolean): void {
    if (isFull) this.#learn();
    this.#refused.append(request);
    this.#tickLater();
    this.leave();
  }

  /** Grants nothing more. Requests that wait are left to those that made them. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #bound(): number {
    if (this.#learnedAt !== undefined && this.#now() - this.#learnedAt >= LEARNED_FOR) {
      this.#learnedAt = undefined;
      this.#learned = Number.POSITIVE_INFINITY;
    }
    return Math.min(this.#max, this.#learned);
  }

  #learn(): void {
    const now = this.#now();
    // Attempts that were under way already are refused as well: the bound must not shrink with each.
    if (this.#learnedAt !== undefined && now - this.#learnedAt < RETRY_EVERY) return;
    this.#learnedAt = now;
    const others = this.#size - 1;
    this.#learned = Math.max(1, Math.floor(others * SHARE_OF_LEARNED));
    while (this.#size - 1 > this.#learned && this.#closeIdle()) {}
  }

  /** @returns whether there is a place now */
  #makePlace(): boolean {
    if (this.#isDisposed) return false;
    while (this.#size >= this.#bound) {
      if (!this.#closeIdle()) return false;
    }
    return true;
  }

  #closeIdle(): boolean {
    const connection = this.#idle.take();
    connection?.value[Symbol.dispose]();
    return connection !== undefined;
  }

  #serve(): void {
    while (!this.#isDisposed && this.#size < this.#bound) {
      const request = this.#waiting.take();
      if (request === undefined) return;
      this.#grant(request);
    }
  }

  #grant(request: LinkedEntry<PlaceRequest>): void {
    this.#size++;
    request.value.granted();
  }

  readonly #tick = (): void => {
    this.#timer = undefined;
    for (let each = this.#refused.take(); each !== undefined; each = this.#refused.take()) {
      this.#waiting.append(each);
    }
    do {
      this.#serve();
    } while (this.#waiting.first !== undefined && this.#closeIdle());
    // A bound that was learned ends by itself, not with a connection that is closed.
    const mayGrow = this.#learnedAt !== undefined && this.#waiting.first !== undefined;
    if (mayGrow) this.#tickLater();
  };

  #tickLater(): void {
    if (!this.#isDisposed) this.#timer ??= setTimeout(this.#tick, RETRY_EVERY);
  }
}
