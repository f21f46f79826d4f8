import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { MUTE } from './addresses.ts';

/** Connections that may wait to be accepted: one that has to wait would not be mute but unreachable. */
const BACKLOG = 4096;

/** Takes every connection on these ports, and never says a word. */
export async function startMuteServer(ports: readonly number[]): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const servers = ports.map((port) =>
    createServer((socket) => {
      sockets.add(socket);
      // Read, so that the end of the connection is seen. A reset is such an end.
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
