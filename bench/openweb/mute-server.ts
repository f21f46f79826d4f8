import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { MUTE } from './addresses.ts';

/** How many connections may wait to be accepted. Beyond it, the host would be unreachable, not mute. */
const BACKLOG = 4096;

/** Accepts every connection on these ports, and never sends anything. */
export async function startMuteServer(ports: readonly number[]): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const servers = ports.map((port) =>
    createServer((socket) => {
      sockets.add(socket);
      // Reading, to notice the end of the connection. A reset ends it, too.
      socket
        .resume()
        .on('error', () => {})
        .once('close', () => sockets.delete(socket));
    }).listen({ host: MUTE, port, backlog: BACKLOG }),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return {
    async [Symbol.asyncDispose]() {
      const closed = Promise.all(servers.map((server) => once(server, 'close')));
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
