import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FlagServerInfo } from './flag-server.ts';
import {
  type PortRefusal,
  PortUnavailableError,
  type ServerName,
} from './port-unavailable-error.ts';
import type { FlagServerStats } from './request-stats.ts';
import { type FlagServerOptions, resolveSettings } from './settings.ts';

export type ToServerThread = { readonly type: 'stats' } | { readonly type: 'close' };

export type FromServerThread =
  | { readonly type: 'ready'; readonly info: FlagServerInfo }
  | {
      // The parts of a PortUnavailableError: structured cloning would lose its class.
      readonly type: 'port-unavailable';
      readonly label: ServerName;
      readonly port: number;
      readonly code: PortRefusal;
    }
  | { readonly type: 'stats'; readonly stats: FlagServerStats };

/** A server that runs on a thread of its own. It does not keep the process alive. */
export interface FlagServerThread extends FlagServerInfo, AsyncDisposable {
  /** @throws ServerThreadError if the thread has ended */
  stats(): Promise<FlagServerStats>;
  /** Ends all connections, and resolves once the port is free and the thread has ended. */
  close(): Promise<void>;
  /**
   * Settles when the thread has ended: resolves after `close()`, rejects with a ServerThreadError
   * after a crash. A crash that no caller handles ends the process, as an unhandled rejection.
   */
  readonly closed: Promise<void>;
}

/** The server's thread ended without having been closed. `cause` is the error, if there was one. */
export class ServerThreadError extends Error {
  override readonly name = 'ServerThreadError';
}

/** It stands beside this file and has the same extension: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./server-thread-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Starts a flag server as {@link startFlagServer} does, on a thread of its own: client and server do not
 * wait for each other's event loop, and the CPU time of the client can be measured.
 *
 * @throws PortUnavailableError if the port is taken or not permitted
 * @throws RangeError if an option is out of bounds
 * @throws ServerThreadError if the server could not start for another reason, its `cause`
 */
export async function startFlagServerInThread(
  options: FlagServerOptions,
): Promise<FlagServerThread> {
  // Checked in this thread, where the RangeError keeps its class.
  const settings = resolveSettings(options);
  const worker = new Worker(WORKER, {
    name: `flaghoist ${settings.label} server`,
    workerData: settings,
    // Not the Node options of the process: some, such as --input-type, would break the thread.
    execArgv: [],
  });
  return connectServerThread(worker);
}

/** Waits until the server in `worker` is ready. The result exchanges messages with it. */
export async function connectServerThread(worker: Worker): Promise<FlagServerThread> {
  const ready = Promise.withResolvers<FlagServerInfo>();
  const closed = Promise.withResolvers<void>();
  /** Pending calls of stats(). Replies come in the order of the requests. */
  const asked: PromiseWithResolvers<FlagServerStats>[] = [];
  let isReady = false;
  let isClosing = false;
  let hasEnded = false;
  let failure: Error | undefined;

  worker.on('message', (message: FromServerThread) => {
    switch (message.type) {
      case 'ready':
        isReady = true;
        ready.resolve(message.info);
        break;
      case 'port-unavailable':
        failure = new PortUnavailableError(message.label, message.port, message.code);
        break;
      case 'stats':
        asked.shift()?.resolve(message.stats);
        if (asked.length === 0 && !isClosing) worker.unref();
        break;
    }
  });
  worker.on('error', (cause) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    failure = new ServerThreadError(`The server's thread failed: ${reason}`, { cause });
  });
  // Always the last event, also after 'error'. The port is free only now.
  worker.on('exit', (exitCode) => {
    hasEnded = true;
    if (!isClosing) failure ??= new ServerThreadError(`The server's thread ended: ${exitCode}`);
    for (const { reject } of asked.splice(0)) reject(failure ?? endedError());
    if (failure === undefined) closed.resolve();
    else if (isReady) closed.reject(failure);
    else ready.reject(failure);
  });

  function post(message: ToServerThread): void {
    // The process must not end before a caller has its reply.
    worker.ref();
    worker.postMessage(message);
  }

  const info = await ready.promise;
  worker.unref();

  function close(): Promise<void> {
    if (!isClosing && !hasEnded) {
      isClosing = true;
      post({ type: 'close' });
    }
    return closed.promise;
  }
  return {
    ...info,
    stats() {
      const answer = Promise.withResolvers<FlagServerStats>();
      if (hasEnded) {
        answer.reject(failure ?? endedError());
      } else {
        asked.push(answer);
        post({ type: 'stats' });
      }
      return answer.promise;
    },
    close,
    closed: closed.promise,
    [Symbol.asyncDispose]: close,
  };
}

function endedError(): ServerThreadError {
  return new ServerThreadError('The server is closed.');
}
