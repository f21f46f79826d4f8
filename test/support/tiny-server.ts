import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A server of one test, on 127.0.0.1. */
export interface TinyServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** How many there ever were. */
  connections(): number;
}

/**
 * Serves HTTP as the test says, until the test ends. A connection that is idle is kept, by both
 * sides, until the client closes it: no timer does that for it.
 */
export function serveHttp(t: TestContext, onRequest: RequestListener): Promise<TinyServer> {
  const server = createHttpServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader('keep-alive', 'timeout=600');
    onRequest(request, response);
  });
  return listen(t, server);
}

/** Serves bytes: each connection is handed over once the client has sent something. */
export function serveBytes(
  t: TestContext,
  onRequest: (socket: Socket, data: Buffer) => void,
): Promise<TinyServer> {
  return listen(
    t,
    createServer((socket) => socket.on('data', (data: Buffer) => onRequest(socket, data))),
  );
}

/** Has any server listen, until the test ends. */
export async function listen(t: TestContext, server: Server): Promise<TinyServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    connections++;
    // Clients of these tests may leave at any time.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, sockets, connections: () => connections };
}
