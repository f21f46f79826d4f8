import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { taskContext } from './current-task.ts';
import type { Answer, Call } from './thread-function.ts';
import { warnOf } from './warnings.ts';

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const ENTRY = new URL(`./executor-thread-worker${extname(import.meta.url)}`, import.meta.url);

/** A thread of a ThreadExecutor, seen from this side. It runs one call at a time. */
export class ExecutorThread {
  /** Resolves when the thread has ended, however it did. */
  readonly ended: Promise<void>;
  /** The `threadId` that it has in there. */
  readonly id: number;
  readonly #worker: Worker;
  #onAnswer: ((answer: Answer) => void) | undefined;
  #broken = false;

  constructor() {
    // A thread outlives the task that happened to need it first.
    this.#worker = taskContext.exit(startWorker);
    this.id = this.#worker.threadId;
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#answer(answer));
    // What a call left behind and that throws later ends the thread.
    this.#worker.on('error', (error) => {
      if (this.#onAnswer === undefined) warnOf('a thread broke between two calls', error);
      this.#break(error);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#worker.on('exit', (code) => {
      this.#break(new Error(`the thread ended with exit code ${code}`));
      resolve();
    });
  }

  /** Whether it has ended, or is about to, so that no call can be made on it. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Makes `call`, and calls `onAnswer` once with what became of it. Only while no other call runs. */
  call(call: Call, onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer;
    // Only a thread with something to do keeps the process alive.
    this.#worker.ref();
    try {
      this.#worker.postMessage(call);
    } catch (error) {
      // An argument that cannot be sent.
      queueMicrotask(() => this.#answer({ ok: false, error }));
    }
  }

  /** Ends the thread. Only while no call runs. */
  close(): void {
    this.#broken = true;
    this.#worker.ref();
    this.#worker.terminate();
  }

  #answer(answer: Answer): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = undefined;
    this.#worker.unref();
    onAnswer?.(answer);
  }

  #break(error: unknown): void {
    this.#broken = true;
    this.#answer({ ok: false, error });
  }
}

function startWorker(): Worker {
  // Threads take over this process's options, loaders for one; but with this one none would start.
  const isInput = process.execArgv.some((option) => option.startsWith('--input-type'));
  return new Worker(ENTRY, isInput ? { execArgv: [] } : {});
}
