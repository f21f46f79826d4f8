import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

type Connect = buildConnector.connector;

/**
 * Makes undici's connections, and can give up those still being made: undici itself sees each
 * through to its end or its deadline, which would keep the process alive after the run.
 */
export class Connector implements Disposable {
  readonly #connect: Connect;
  readonly #connecting = new Set<Socket>();

  /** @param timeout for DNS, TCP and TLS together, in ms */
  constructor(timeout: number) {
    this.#connect = buildConnector({ timeout });
  }

  /** What undici calls for a new connection. */
  readonly connect: Connect = (options, callback) => {
    // undici's types keep to themselves that the socket is returned at once.
    const socket = this.#connect(options, (...result: Parameters<typeof callback>) => {
      this.#connecting.delete(socket);
      callback(...result);
    }) as unknown as Socket;
    this.#connecting.add(socket);
  };

  /** Gives up the connections that are not there yet. */
  [Symbol.dispose](): void {
    for (const socket of this.#connecting) socket.destroy();
  }
}
