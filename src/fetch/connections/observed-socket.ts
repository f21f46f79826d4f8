import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

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
