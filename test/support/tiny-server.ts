import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Server as TlsServer } from 'node:tls';

/** A server for one test, on 127.0.0.1. */
export interface TinyServer {
  /** `http://127.0.0.1:PORT`, or `https:` for a server of TLS. */
  readonly url: string;
  readonly port: number;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** How many connections there have been. */
  connections(): number;
  /** How many there were at a time, at most. */
  mostConnections(): number;
}

/**
 * Serves HTTP until the test ends. Both sides keep an idle connection until the client closes it: there
 * is no timeout.
 */
export function serveHttp(t: TestContext, onRequest: RequestListener): Promise<TinyServer> {
  const server = createHttpServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader('keep-alive', 'timeout=600');
    onRequest(request, response);
  });
  return listen(t, server);
}

/** Serves bytes: `onRequest` receives each piece that a client sends, with its connection. */
export function serveBytes(
  t: TestContext,
  onRequest: (socket: Socket, data: Buffer) => void,
): Promise<TinyServer> {
  return listen(
    t,
    createServer((socket) => socket.on('data', (data: Buffer) => onRequest(socket, data))),
  );
}

/** Lets `server` listen until the test ends, which also ends its connections. */
export async function listen(
  t: TestContext,
  server: Server,
  { host, port }: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<TinyServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let most = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    connections++;
    most = Math.max(most, sockets.size);
    // Clients of these tests may disconnect at any time.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  t.after(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const own = server.address() as AddressInfo;
  return {
    url: `${server instanceof TlsServer ? 'https' : 'http'}://${host}:${own.port}`,
    port: own.port,
    sockets,
    connections: () => connections,
    mostConnections: () => most,
  };
}
