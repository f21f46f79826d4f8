import type { OnReadOpts, Socket } from 'node:net';
import { ConnectionLostError, DeadlineError } from '../../model/failure.ts';
import type { DeadlineWatch, Watched } from './deadline-watch.ts';

/** How long an idle connection is kept where the server does not say, in ms: less than any does. */
export const KEPT_IDLE = 4_000;

/** What is read at a time, at most, in bytes: what a socket holds of a fast connection. */
const READ_AT_ONCE = 64 * 1024;

/**
 * One buffer for all of this thread's connections: Node reads into it and tells of that at once,
 * before it reads from any other. Without it there is a new buffer for each read, and half of the
 * time that a large file takes goes into the collection of those. Made when the first connection is.
 */
let shared: Buffer | undefined;

/** Windows is told of the buffer before anything is there for it, so there each needs its own. */
const CAN_SHARE = process.platform !== 'win32';

/** What is told of a connection that is there. */
export interface LinkUser {
  /** @param bytes that have come, lent: something else once this returns */
  onBytes(bytes: Buffer): void;
  /** It is gone. @param error undefined when the other side has closed it in good order */
  onLost(error: Error | undefined): void;
}

/** A connection to a server, from when it is being made. */
export class Link implements Watched, Disposable {
  readonly #watch: DeadlineWatch;
  readonly #timeout: number;
  #socket: Socket | undefined;
  #done: ((error: Error | undefined) => void) | undefined;
  #user: LinkUser | undefined;
  #isBorrowed = false;
  /** Nothing more is told. */
  #isOver = false;
  readonly due: number;

  /**
   * @param timeout until it has to be there, in ms; 0 for none
   * @param done called once: it is there, or failed
   */
  constructor(watch: DeadlineWatch, timeout: number, done: (error: Error | undefined) => void) {
    this.#watch = watch;
    this.#timeout = timeout;
    this.#done = done;
    this.due = watch.dueIn(timeout);
    watch.add(this);
  }

  /** Only once one has been given. */
  get socket(): Socket {
    return this.#socket as Socket;
  }

  /** The socket that is to be the connection. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => this.lose(error));
    socket.on('end', () => this.lose(undefined));
    // Without either of these: when what it was made within is gone.
    socket.on('close', () => {
      if (!this.#isOver) this.lose(new ConnectionLostError('the connection was closed'));
    });
  }

  /** How a socket can be read without a new buffer each time; one within another cannot. */
  get onread(): OnReadOpts {
    this.#isBorrowed = true;
    if (CAN_SHARE) shared ??= Buffer.allocUnsafeSlow(READ_AT_ONCE);
    return {
      buffer: shared ?? Buffer.allocUnsafeSlow(READ_AT_ONCE),
      callback: (bytes, buffer) => {
        this.#user?.onBytes((buffer as Buffer).subarray(0, bytes));
        return true;
      },
    };
  }

  /** From now on what comes is told to `user`. */
  use(user: LinkUser): void {
    this.#user = user;
    if (!this.#isBorrowed) this.socket.on('data', (bytes: Buffer) => this.#user?.onBytes(bytes));
  }

  /** It is there. */
  establish(): void {
    this.#settle(undefined);
  }

  /** It is gone, or will not be. */
  lose(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.destroy();
    this.#settle(error ?? new ConnectionLostError('the server closed the connection'));
    this.#user?.onLost(error);
  }

  expire(): void {
    this.lose(new DeadlineError('timeout-connect', this.#timeout));
  }

  /** Leaves the socket to others. Its errors still have a listener here, which does nothing. */
  release(): void {
    this.#isOver = true;
  }

  /** Closes it. Nothing more is told. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#user = undefined;
    this.#done = undefined;
    this.#watch.delete(this);
    this.#socket?.destroy();
  }

  #settle(error: Error | undefined): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    this.#watch.delete(this);
    done(error);
  }
}
