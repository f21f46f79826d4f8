import { LinkedEntry } from '../transport/linked-list.ts';
import type { Transport } from '../transport/transport.ts';
import type { OpenConnections, PlaceRequest } from './open-connections.ts';

/** Options of a {@link ConnectionAttempt}. */
export interface ConnectionAttemptOptions {
  readonly connections: OpenConnections;
  /** Connects. Called again when the system had no file or no port left for the connection. */
  readonly connect: (done: (result: Transport | Error) => void) => Disposable;
  /** Whether anything still waits for the connection; asked when its turn comes. */
  readonly isNeeded: () => boolean;
  /**
   * Whether the server was reached before: if so, a failure to bind means that the ports ran out.
   */
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
  return one instanceof Error && 'code' in one ? one.code : undefined;
}
