import type { Socket } from 'node:net';

/** Connections at a time on which no request with the token has come yet. */
export const MOST_STRANGERS = 32;

/**
 * The connections on which no request with the token has come. For each one too many the oldest is closed:
 * a program that opens connections and asks for nothing must not keep the user out, whose first request
 * comes as soon as the connection is there.
 */
export class Strangers {
  /** The oldest first. */
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#sockets.size <= MOST_STRANGERS) return;
    for (const oldest of this.#sockets) {
      this.#sockets.delete(oldest);
      oldest.destroy();
      return;
    }
  }

  /** A request with the token has come on it. */
  admit(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
