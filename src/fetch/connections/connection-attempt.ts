import { LinkedEntry } from '../transport/linked-list.ts';
import type { Transport } from '../transport/transport.ts';
import type { OpenConnections, PlaceRequest } from './open-connections.ts';

/** What a {@link ConnectionAttempt} goes by, and whom it tells. */
export interface ConnectionAttemptOptions {
  readonly connections: OpenConnections;
  /** Starts the connection itself. Called again when the system had no file or no port for it. */
  readonly connect: (done: (result: Transport | Error) => void) => Disposable;
  /** Whether anything waits for the connection still, asked when its turn comes. */
  readonly isNeeded: () => boolean;
  /** Whether others have been made to the same place: only the ports can have run out then. */
  readonly isReachable: () => boolean;
  /** For how long it is tried again, in ms since it was granted its first place; 0 for ever. */
  readonly timeout: number;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  /**
   * Told once: a connection, which holds a place among {@link connections}; why there is none; or undefined
   * when it was not needed any more. Not told of one that is disposed of.
   */
  readonly onDone: (attempt: ConnectionAttempt, result: Transport | Error | undefined) => void;
}

/** A connection from when it is called for: it waits for a place, and for files and ports of the system. */
export class ConnectionAttempt implements PlaceRequest, Disposable {
  readonly #options: ConnectionAttemptOptions;
  readonly #request = new LinkedEntry<PlaceRequest>(this);
  #since: number | undefined;
  #underWay: Disposable | undefined;

  constructor(options: ConnectionAttemptOptions) {
    this.#options = options;
  }

  /** Once. What it was made for may be told before this returns that it is not needed. */
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

  /** Gives it up. Nothing is told. */
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

/** The process, or the system, has no more open files. */
const NO_FILES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/**
 * No port is left for a connection to that address. Also what a machine without IPv6 says of each address
 * of that kind, for good.
 */
const NO_PORT = 'EADDRNOTAVAIL';

/** Of a host with several addresses the first one speaks for all. */
function codeOf(error: Error): unknown {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return one instanceof Error && 'code' in one ? one.code : undefined;
}
