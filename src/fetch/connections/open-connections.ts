import { errorCode } from '../../model/error-code.ts';
import { LinkedEntry, LinkedList } from '../transport/linked-list.ts';
import type { Transport } from '../transport/transport.ts';

/** An attempt to connect, which first needs a place among the open connections. */
export interface PlaceRequest {
  /** Called when it gets a place, which it holds until {@link OpenConnections.leave}. */
  granted(): void;
}

/** Options of {@link OpenConnections}. */
export interface OpenConnectionsOptions {
  /** The most connections open or being made over all origins; Infinity for any number. */
  readonly max: number;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
}

/** The delay before a connection that the system refused is tried again, in ms. */
const RETRY_EVERY = 100;

/** How long a learned limit holds, in ms: the files may have been another program's. */
const LEARNED_FOR = 10_000;

/** The share of the connections open at a refusal that may stay: saving files needs the rest. */
const SHARE_OF_LEARNED = 0.9;

/**
 * Limits the connections over all origins. At the limit the idle connection used least recently is
 * closed to make room for a new one. If none is idle, attempts wait: first come, first served.
 *
 * Attempts that the system refused a file or a port are tried again from here, too.
 */
export class OpenConnections implements Disposable {
  readonly #max: number;
  readonly #now: () => number;
  /** Idle connections, the one used least recently first. */
  readonly #idle = new LinkedList<Disposable>();
  readonly #waiting = new LinkedList<PlaceRequest>();
  /** Attempts refused by the system. They wait again from the next tick on. */
  readonly #refused = new LinkedList<PlaceRequest>();
  #size = 0;
  #learned = Number.POSITIVE_INFINITY;
  /** When the limit was learned; undefined when there is none. */
  #learnedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor({ max, now }: OpenConnectionsOptions) {
    this.#max = max;
    this.#now = now;
  }

  /** How many connections are open or being made. */
  get size(): number {
    return this.#size;
  }

  /**
   * Asks for a place. It is granted at once if there is one, or one can be made.
   * @param request in none of the lists here
   */
  join(request: LinkedEntry<PlaceRequest>): void {
    // First come, first served: no connection is idle as long as attempts wait.
    if (this.#waiting.first === undefined && this.#makePlace()) this.#grant(request);
    else this.#waiting.append(request);
  }

  /** Withdraws a request that holds no place yet. @returns false when it does hold one */
  cancel(request: LinkedEntry<PlaceRequest>): boolean {
    return this.#waiting.remove(request) || this.#refused.remove(request);
  }

  /** Frees a place: its connection was closed, or was not made. */
  leave(): void {
    this.#size--;
    this.#serve();
  }

  /** A connection is idle; it may have been before. It is closed at once if others wait for its place. */
  becameIdle(connection: LinkedEntry<Disposable>): void {
    if (this.#waiting.first !== undefined) connection.value[Symbol.dispose]();
    else if (connection.list === undefined) this.#idle.append(connection);
  }

  /** A connection is in use, or closed. */
  becameBusy(connection: LinkedEntry<Disposable>): void {
    this.#idle.remove(connection);
  }

  /**
   * Frees the place of `request`, which the system refused a file or a port, and grants it another
   * one after a short wait.
   * @param isFull whether any connection would have been refused: fewer are held for a while
   */
  retry(request: LinkedEntry<PlaceRequest>, isFull: boolean): void {
    if (isFull) this.#learn();
    this.#refused.append(request);
    this.#tickLater();
    this.leave();
  }

  /** Grants no more places. Requests that wait are left to their owners. */
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
    // Attempts that were under way are refused as well: the limit must not shrink with each of them.
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
    // A learned limit ends with time, not only when a connection is closed.
    const mayGrow = this.#learnedAt !== undefined && this.#waiting.first !== undefined;
    if (mayGrow) this.#tickLater();
  };

  #tickLater(): void {
    if (!this.#isDisposed) this.#timer ??= setTimeout(this.#tick, RETRY_EVERY);
  }
}

/** Options of a {@link ConnectionAttempt}. */
export interface ConnectionAttemptOptions {
  readonly connections: OpenConnections;
  /** Connects. Called again when the system had no file or no port left for the connection. */
  readonly connect: (done: (result: Transport | Error) => void) => Disposable;
  /** Whether anything still waits for the connection; asked when its turn comes. */
  readonly isNeeded: () => boolean;
  /** Whether the server was reached before: if so, a failure to bind means that the ports ran out. */
  readonly isReachable: () => boolean;
  /** How long it is tried again, in ms since it first got a place; 0 for ever. */
  readonly timeout: number;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  /**
   * Called once, with the connection, which holds a place among {@link connections}, or the error;
   * with undefined when it was not needed any more. Not called after disposal.
   */
  readonly onDone: (attempt: ConnectionAttempt, result: Transport | Error | undefined) => void;
}

/** One attempt to get a connection: it waits for a place, and for files and ports of the system. */
export class ConnectionAttempt implements PlaceRequest, Disposable {
  readonly #options: ConnectionAttemptOptions;
  readonly #request = new LinkedEntry<PlaceRequest>(this);
  #since: number | undefined;
  #underWay: Disposable | undefined;

  constructor(options: ConnectionAttemptOptions) {
    this.#options = options;
  }

  /** To be called once. {@link onDone} may be called before this returns. */
  begin(): void {
    this.#options.connections.join(this.#request);
  }

  granted(): void {
    const { connections, connect, isNeeded, now, onDone } = this.#options;
    if (!isNeeded()) {
      connections.leave();
      onDone(this, undefined);
      return;
    }
    this.#since ??= now();
    this.#underWay = connect((result) => this.#onResult(result));
  }

  /** Gives the attempt up, without calling {@link onDone}. */
  [Symbol.dispose](): void {
    const { connections } = this.#options;
    if (connections.cancel(this.#request)) return;
    this.#underWay?.[Symbol.dispose]();
    if (this.#underWay !== undefined) connections.leave();
    this.#underWay = undefined;
  }

  #onResult(result: Transport | Error): void {
    this.#underWay = undefined;
    const { connections, onDone } = this.#options;
    if (!(result instanceof Error)) {
      onDone(this, result);
    } else if (this.#isWorthRetrying(result)) {
      connections.retry(this.#request, codeOf(result) !== NO_PORT);
    } else {
      connections.leave();
      onDone(this, result);
    }
  }

  #isWorthRetrying(error: Error): boolean {
    const code = codeOf(error);
    const { timeout, now, isReachable } = this.#options;
    const isShort = NO_FILES.has(code) || (code === NO_PORT && isReachable());
    return isShort && (timeout === 0 || now() - (this.#since ?? 0) < timeout);
  }
}

/** The process, or the system, has no open files left. */
const NO_FILES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/**
 * No port is left for a connection to that address. A machine without IPv6 reports the same for
 * every IPv6 address, for good.
 */
const NO_PORT = 'EADDRNOTAVAIL';

/** For a host with several addresses, the code of the first one. */
function codeOf(error: Error): unknown {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return errorCode(one);
}
