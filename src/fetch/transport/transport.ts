import type { OnReadOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { ConnectionLostError } from '../../model/failure.ts';

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
export interface TransportListener {
  /** @param bytes that have come, lent: something else once this returns */
  onBytes(bytes: Buffer): void;
  /** It is gone. @param error undefined when the other side has closed it in good order */
  onLost(error: Error | undefined): void;
}

/** A connection to a server, from when its socket is connected. */
export class Transport implements Disposable {
  #socket: Socket | undefined;
  #user: TransportListener | undefined;
  #isBorrowed = false;
  #tellsEnd = true;
  /** Its end, when that is known not to be in good order. */
  #cut: ConnectionLostError | undefined;
  /** Nothing more is told. */
  #isOver = false;

  /** @param user told that it is lost before {@link use} */
  constructor(user: TransportListener) {
    this.#user = user;
  }

  /** Only once one is attached. */
  get socket(): Socket {
    return this.#socket as Socket;
  }

  /**
   * Whether its end is reported as in good order or not. Of TLS this has to be observed below it, since a body
   * that ends with the connection is whole only behind a close_notify (RFC 9112 section 9.8).
   */
  get tellsEnd(): boolean {
    return this.#tellsEnd;
  }

  /** A socket that speaks TLS. @param below what it speaks over, where its end is observed */
  attachSecure(socket: Socket, below: ObservedSocket | undefined): void {
    if (below === undefined) this.#tellsEnd = false;
    else this.#observe(socket, below);
    this.attach(socket);
  }

  /** Node tells a socket by null that nothing follows, whatever the reason; the reason is known at that moment. */
  #observe(socket: Socket, below: ObservedSocket): void {
    const { push } = socket;
    socket.push = (piece, encoding) => {
      if (piece === null && below.hasEnded) {
        this.#cut = new ConnectionLostError('the connection ended without a close_notify');
      }
      return push.call(socket, piece, encoding);
    };
  }

  /** The socket that is the connection. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => this.lose(error));
    socket.on('end', () => this.lose(this.#cut));
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
  use(user: TransportListener): void {
    this.#user = user;
    if (!this.#isBorrowed) this.socket.on('data', (bytes: Buffer) => this.#user?.onBytes(bytes));
  }

  /** The connection is gone. @param error undefined when the other side closed it in good order */
  lose(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.destroy();
    this.#user?.onLost(error);
  }

  /** Leaves the socket to others. Its errors still have a listener here, which does nothing. */
  release(): void {
    this.#isOver = true;
  }

  /** Closes it. Nothing more is told. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#user = undefined;
    this.#socket?.destroy();
  }
}

/**
 * What TLS is spoken over where it has to be known how the connection ended. `node:tls` tells of a close_notify and
 * of the end of TCP without one alike, and over a socket of its own TCP tells us nothing. It costs some for each
 * piece that comes, so it is used only for servers whose bodies end with the connection.
 */
export class ObservedSocket extends Duplex {
  readonly #socket: Socket;
  #hasEnded = false;

  /** @param socket connected, without listeners */
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => {
      if (!this.push(piece)) socket.pause();
    });
    let isOver = false;
    socket.on('end', () => {
      isOver = true;
      this.push(null);
    });
    // Before TLS hears of it, and behind all that came before.
    this.once('end', () => {
      this.#hasEnded = true;
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => {
      // What came before the end may still have to be read.
      if (!isOver) this.destroy();
    });
  }

  /** The other side has ended the connection; all that came before has been passed on. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(piece: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#socket.write(piece, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
