import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** The name of PostgreSQL's socket in its directory. */
const SOCKET = '.s.PGSQL.5432';

/** A way to a PostgreSQL server on which nothing comes through for a while, and no connection ends. */
export class SilentProxy implements AsyncDisposable {
  /** The URL of the database, by way of the proxy. */
  readonly url: string;
  readonly #sockets = new Set<Socket>();
  readonly #server;
  #isSilent = false;

  private constructor(from: string, url: string) {
    this.url = url;
    this.#server = createServer((client) => {
      const server = createConnection(join(from, SOCKET));
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(one);
        one.on('data', (data) => other.write(data));
        // Ends go on, too: a client gives up a connection that is silent.
        one.on('close', () => other.destroy());
        one.on('error', () => {});
        if (this.#isSilent) one.pause();
      }
    });
  }

  /** @param url of a database at a socket @param directory for the socket of the proxy */
  static async start(url: string, directory: string): Promise<SilentProxy> {
    const host = /(?<=[?&]host=)[^&]+/;
    const from = decodeURIComponent(host.exec(url)?.[0] ?? '');
    const proxy = new SilentProxy(from, url.replace(host, encodeURIComponent(directory)));
    proxy.#server.listen(join(directory, SOCKET));
    await once(proxy.#server, 'listening');
    return proxy;
  }

  set isSilent(value: boolean) {
    this.#isSilent = value;
    for (const socket of this.#sockets) value ? socket.pause() : socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
