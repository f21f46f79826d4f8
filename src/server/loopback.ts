import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackListener {
  /** TCP port, the same on both addresses. */
  readonly port: number;
  /** Ends every connection, idle or not, and resolves when the port is free. */
  close(): Promise<void>;
}

/** ms. Longer than any pause within a run, so that a client finds its connections still open. */
const KEEP_ALIVE_TIMEOUT = 60_000;

/**
 * Connections that may wait to be accepted: a downloader opens all of its own in one go. The system
 * caps it (Linux by default at 4096), and a client whose connection found no room tries again.
 */
const BACKLOG = 10_000;

/** What the system says of ::1 where it has no IPv6. */
const NO_SUCH_ADDRESS: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** How often another free port is tried when ::1 turns out to be taken on the one we were given. */
const FREE_PORT_TRIES = 10;

/**
 * Listens for HTTP on 127.0.0.1 and, where the machine has it, on ::1: `localhost` is the one or
 * the other, as the client pleases.
 *
 * @param port TCP port; 0 is any that is free on both.
 * @param create makes the server for one address: one of plain HTTP, unless told otherwise.
 * @throws the system's error (`EADDRINUSE`, `EACCES` …); nothing is left listening then.
 */
export async function listenOnLoopback(
  onRequest: RequestListener,
  port: number,
  create: (onRequest: RequestListener) => Server = createHttpServer,
): Promise<LoopbackListener> {
  for (let triesLeft = port === 0 ? FREE_PORT_TRIES : 1; ; triesLeft--) {
    const ipv4 = await listen(create(onRequest), '127.0.0.1', port);
    const given = (ipv4.address() as AddressInfo).port;
    try {
      const servers = [ipv4, await listen(create(onRequest), '::1', given)];
      return listener(given, servers);
    } catch (error) {
      const code = codeOf(error);
      if (NO_SUCH_ADDRESS.has(code)) return listener(given, [ipv4]);
      await closeServer(ipv4);
      if (code !== 'EADDRINUSE' || triesLeft === 1) throw error;
    }
  }
}

function createHttpServer(onRequest: RequestListener): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT }, onRequest);
}

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.listen({ host, port, backlog: BACKLOG });
  await once(server, 'listening');
  return server;
}

function listener(port: number, servers: readonly Server[]): LoopbackListener {
  let closing: Promise<unknown> | undefined;
  return {
    port,
    async close() {
      closing ??= Promise.all(servers.map(closeServer));
      await closing;
    },
  };
}

function closeServer(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.close((error) => (error === undefined ? resolve() : reject(error)));
  server.closeAllConnections();
  return promise;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
