import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode } from '../model/error-code.ts';

/** An HTTP server that listens on the loopback addresses. */
export interface LoopbackListener {
  /** Its TCP port, the same on both addresses. */
  readonly port: number;
  /** Ends all connections, idle or not, and resolves once the port is free. */
  close(): Promise<void>;
}

/** In ms. Longer than any pause within a run, so that the client's connections stay open. */
const KEEP_ALIVE_TIMEOUT = 60_000;

/**
 * How many connections may wait to be accepted. A downloader opens all of its connections in one go. The
 * system caps this number (Linux at 4096 by default); a client whose SYN was dropped sends it again.
 */
const BACKLOG = 10_000;

/** The errors of listening on ::1 on a system without IPv6. */
const NO_SUCH_ADDRESS: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** How many free ports of 127.0.0.1 are tried to find one that is free on ::1, too. */
const FREE_PORT_TRIES = 10;

/**
 * Listens for HTTP on 127.0.0.1 and, if the machine has IPv6, on ::1. A client may take either for
 * `localhost`.
 *
 * @param port TCP port; 0 for any port that is free on both addresses
 * @param create makes the server for one of the addresses; by default one of plain HTTP
 * @throws the system's error (`EADDRINUSE`, `EACCES` …), after closing whatever listened already
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
      const code = errorCode(error);
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
