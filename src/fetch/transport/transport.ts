import type { OnReadOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { ConnectionLostError } from '../../model/failure.ts';

/** How long an idle connection is kept if the server does not say, in ms: less than any server does. */
export const KEPT_IDLE = 4_000;

/** The most bytes read at a time: what the socket of a fast connection holds. */
const READ_AT_ONCE = 64 * 1024;

/**
 * One buffer for all connections of this thread. Node reads into it and reports that at once, before
 * it reads from any other socket. Otherwise Node would make a buffer for each read, and half of the
 * time for a large file would go into their collection. Made with the first connection.
 */
let shared: Buffer | undefined;

/** On Windows the buffer is handed over before data has come, so each connection needs its own. */
const CAN_SHARE = process.platform !== 'win32';

/** Receives what comes on a {@link Transport}. */
export interface TransportListener {
  /** @param bytes only lent: their memory is reused after this returns */
  onBytes(bytes: Buffer): void;
  /** The connection is gone. @param error undefined when the other side closed it properly */
  onLost(error: Error | undefined): void;
}

/** A connection to a server as a stream of bytes, over TCP or TLS. */
export class Transport implements Disposable {
  /** The IP address of the server; undefined when a proxy is between. */
  address: string | undefined;
  #socket: Socket | undefined;
  #listener: TransportListener | undefined;
  /** Whether the socket reads into a lent buffer; otherwise it emits `data`. */
  #usesOnread = false;
  #tellsEnd = true;
  /** Why the end of the connection is not a proper one, once that is known. */
  #cut: ConnectionLostError | undefined;
  /** Whether nothing more is reported. */
  #isOver = false;

  /** @param listener hears of a loss until {@link use} sets another one */
  constructor(listener: TransportListener) {
    this.#listener = listener;
  }

  /** The socket; an error before {@link attach}. */
  get socket(): Socket {
    if (this.#socket === undefined) throw new Error('the transport has no socket yet');
    return this.#socket;
  }

  /**
   * Whether a proper end can be told from a cut connection. Over TLS the end has to be observed below it,
   * since a body that ends with the connection is complete only if a close_notify follows (RFC 9112
   * section 9.8).
   */
  get tellsEnd(): boolean {
    return this.#tellsEnd;
  }

  /** Attaches a TLS socket. @param below the stream under TLS, if the end is observed there */
  attachSecure(socket: Socket, below: ObservedSocket | undefined): void {
    if (below === undefined) this.#tellsEnd = false;
    else this.#observe(socket, below);
    this.attach(socket);
  }

  /**
   * Finds out what ended a TLS connection. node:tls pushes null for a close_notify and for an end of TCP
   * alike, and emits `end` for both, later: only when null is pushed does `below` tell them apart. There
   * is no event for that moment, hence the replaced method.
   */
  #observe(socket: Socket, below: ObservedSocket): void {
    const { push } = socket;
    socket.push = (piece, encoding) => {
      if (piece === null && below.hasEnded) {
        this.#cut = new ConnectionLostError('the connection ended without a close_notify');
      }
      return push.call(socket, piece, encoding);
    };
  }

  /** Attaches the socket that is the connection. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => this.lose(error));
    socket.on('end', () => this.lose(this.#cut));
    // Closed without an error or an end: the stream below it is gone.
    socket.on('close', () => {
      if (!this.#isOver) this.lose(new ConnectionLostError('the connection was closed'));
    });
  }

  /** Options of a new socket that reads into the shared buffer. A socket over another one cannot. */
  get onread(): OnReadOpts {
    this.#usesOnread = true;
    if (CAN_SHARE) shared ??= Buffer.allocUnsafeSlow(READ_AT_ONCE);
    const buffer = shared ?? Buffer.allocUnsafeSlow(READ_AT_ONCE);
    return {
      buffer,
      callback: (bytes) => {
        this.#listener?.onBytes(buffer.subarray(0, bytes));
        return true;
      },
    };
  }

  /** From now on, everything is reported to `listener`. */
  use(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#usesOnread) return;
    this.socket.on('data', (bytes: Buffer) => this.#listener?.onBytes(bytes));
  }

  /** Ends the connection. @param error undefined when the other side closed it properly */
  lose(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.destroy();
    this.#listener?.onLost(error);
  }

  /** Leaves the socket to another owner. Its error listener stays, and does nothing. */
  release(): void {
    this.#isOver = true;
  }

  /** Closes the connection. Nothing more is reported. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#listener = undefined;
    this.#socket?.destroy();
  }
}

/**
 * A stream between TCP and TLS that knows whether TCP has ended. Over a socket of its own, node:tls does
 * not reveal that. It costs some time for each piece, so it is used only for servers whose bodies end
 * with the connection.
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
    // Called before the listener of TLS, and after everything before the end was passed on.
    this.once('end', () => {
      this.#hasEnded = true;
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => {
      // Data before a proper end may still have to be read.
      if (!isOver) this.destroy();
    });
  }

  /** Whether the other side has ended the connection, and everything before was passed on. */
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
