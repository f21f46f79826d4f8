/** The code that a server's thread runs; server-thread.ts starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import { type FlagServer, startFlagServer } from './flag-server.ts';
import { PortUnavailableError } from './port-unavailable-error.ts';
import type { FromServerThread, ToServerThread } from './server-thread.ts';
import type { FlagServerSettings } from './settings.ts';

if (parentPort === null) throw new Error('This module has to run in a worker thread.');
const parent = parentPort;

function post(message: FromServerThread): void {
  parent.postMessage(message);
}

function serve(server: FlagServer): void {
  // This listener also keeps the thread alive until the port to the parent is closed.
  parent.on('message', async (message: ToServerThread) => {
    switch (message.type) {
      case 'stats':
        post({ type: 'stats', stats: server.stats });
        break;
      case 'close':
        await server.close();
        parent.close();
        break;
    }
  });
  const { label, port, delay, lateRate, errorRate, seed, url } = server;
  post({ type: 'ready', info: { label, port, delay, lateRate, errorRate, seed, url } });
}

async function start(): Promise<void> {
  try {
    serve(await startFlagServer(workerData as FlagServerSettings));
  } catch (error) {
    // Any other error ends the thread, and reaches the parent as an 'error' event.
    if (!(error instanceof PortUnavailableError)) throw error;
    const { label, port, code } = error;
    post({ type: 'port-unavailable', label, port, code });
  }
}

// Not awaited: the command's bundle is CommonJS, which has no top-level await. A failure ends the
// thread.
start();
