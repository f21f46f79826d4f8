import type { OnReadOpts, Socket } from 'node:net';

/** What is read at a time, at most, in bytes: what a socket holds of a fast connection. */
const READ_AT_ONCE = 64 * 1024;

/**
 * One buffer for all of this thread's connections: Node reads into it and tells of that at once,
 * before it reads from any other. Made when the first connection is.
 */
let buffer: Buffer | undefined;

/**
 * Reads a connection for undici without a new buffer for each read: what comes is handed over where
 * it lies, as long as the call lasts, and whoever has use for it copies it. Half of the time that a
 * large file took went into the collection of those buffers.
 *
 * undici takes what there is from a stream, by `read()`, whenever that is `readable`, and gives back
 * what it has no use for yet, by `unshift()`. So these two are the stream's own, which has nothing else
 * in it: Node pushes nothing into a stream that is read in this way (`onread` of `net.connect()`).
 */
export class BorrowedReads {
  #socket: Socket | undefined;
  /** What has come and was not taken; a copy, unless it is being handed over right now. */
  #waiting: Buffer | undefined;
  #bytes = 0;
  #before = 0;
  /** What was taken last was more than is wanted for now. */
  #isEnough = false;

  /** How many bytes had come before those that came last. */
  get before(): number {
    return this.#before;
  }

  /** From now on undici's reads of `socket` are ours. To be called before anything may have come. */
  attach(socket: Socket): void {
    this.#socket = socket;
    const read = socket.read.bind(socket);
    socket.read = (size?: number): Buffer | null => {
      // Node's own reads ask for a size: they only want the connection to be read on.
      this.#isEnough = false;
      if (this.#waiting === undefined || size !== undefined) return read(size) as Buffer | null;
      const taken = this.#waiting;
      this.#waiting = undefined;
      return taken;
    };
    // Of what was taken from here: there is nothing behind it. undici also gives back nothing at all
    // when it is to pause just there.
    socket.unshift = (rest: Uint8Array): void => {
      this.#isEnough = true;
      if (rest.byteLength > 0) this.#waiting = Buffer.from(rest);
    };
  }

  /**
   * So many bytes have come, into `read`.
   * @returns whether to read on; otherwise the next `read()` does, once all has been taken
   */
  readonly hand = (bytes: number, read: Uint8Array): boolean => {
    const borrowed = read.subarray(0, bytes) as Buffer;
    this.#before = this.#bytes;
    this.#bytes += bytes;
    this.#waiting = borrowed;
    this.#socket?.emit('readable');
    if (this.#waiting === undefined) return !this.#isEnough;
    if (this.#waiting === borrowed) this.#waiting = Buffer.from(borrowed);
    return false;
  };
}

/** @param whose of the connection that is made, at the moment when it is */
export function borrowing(whose: () => BorrowedReads): OnReadOpts {
  buffer ??= Buffer.allocUnsafeSlow(READ_AT_ONCE);
  return {
    buffer,
    // Node looks it up as it makes each connection.
    get callback() {
      return whose().hand;
    },
  };
}

/**
 * Whether a system reads into a buffer only when something is there for it. Windows is told of the
 * buffer before, so there each connection needs one of its own.
 */
export const canBorrow: boolean = process.platform !== 'win32';
