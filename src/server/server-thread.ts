import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FlagServerInfo } from './flag-server.ts';
import { PortUnavailableError } from './port-unavailable-error.ts';
import type { FlagServerStats } from './request-stats.ts';
import { type FlagServerOptions, resolveSettings } from './settings.ts';
import type { FromServerThread, ToServerThread } from './thread-messages.ts';

/** A running server on a thread of its own. It does not keep the process alive. */
export interface FlagServerThread extends FlagServerInfo, AsyncDisposable {
  /** @throws ServerThreadError if the thread has ended. */
  stats(): Promise<FlagServerStats>;
  /** Ends every connection, and resolves when the port is free and the thread has ended. */
  close(): Promise<void>;
  /**
   * Settles when the thread has ended: resolves after `close()`, rejects with a ServerThreadError
   * if it crashed. Left unhandled, that rejection ends the process: a crash does not go unseen.
   */
  readonly closed: Promise<void>;
}

/** The server's thread ended though nobody had closed it. What ended it is the `cause`, where known. */
export class ServerThreadError extends Error {
  override readonly name = 'ServerThreadError';
}

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./server-thread-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * As `startFlagServer`, on a thread of its own: a client in this thread is then measured apart from
 * the server, and neither waits for the other's event loop.
 *
 * @throws PortUnavailableError if the port is taken or not allowed.
 * @throws RangeError if an option is out of bounds.
 * @throws ServerThreadError if the server could not start for another reason, its `cause`.
 */
export async function startFlagServerInThread(
  options: FlagServerOptions,
): Promise<FlagServerThread> {
  // Checked here, where a wrong option can still be thrown as what it is.
  const settings = resolveSettings(options);
  const worker = new Worker(WORKER, {
    name: `flaghoist ${settings.label} server`,
    workerData: settings,
    // The process's own Node options are not the server's: some, like --input-type, would break it.
    execArgv: [],
  });
  return connectServerThread(worker);
}

/** Waits until the server in `worker` is ready, and speaks for it from then on. */
export async function connectServerThread(worker: Worker): Promise<FlagServerThread> {
  const ready = Promise.withResolvers<FlagServerInfo>();
  const closed = Promise.withResolvers<void>();
  /** Answers come in the order of the questions, so the first of these has the next one. */
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
  // After 'error' too, and always last: only now is the port free.
  worker.on('exit', (exitCode) => {
    hasEnded = true;
    if (!isClosing) failure ??= new ServerThreadError(`The server's thread ended: ${exitCode}`);
    for (const { reject } of asked.splice(0)) reject(failure ?? endedError());
    if (failure === undefined) closed.resolve();
    else if (isReady) closed.reject(failure);
    else ready.reject(failure);
  });

  function post(message: ToServerThread): void {
    // Whoever waits for an answer must not see the process end before it has come.
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
