import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { asyncContext } from './async-context.ts';
import { argumentError, cloneError } from './clone-error.ts';
import { deserializeThrow } from './serialized-error.ts';
import type { Answer, Call } from './thread-call.ts';
import { warnOf } from './warnings.ts';

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const ENTRY = new URL(`./executor-thread-worker${extname(import.meta.url)}`, import.meta.url);

/** What became of a call. */
export type CallOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** A thread of a ThreadExecutor, seen from this side. It runs one call at a time. */
export class ExecutorThread {
  /** Resolves when the thread has ended, however it did. */
  readonly ended: Promise<void>;
  /** The `threadId` that it has in there. */
  readonly id: number;
  readonly #worker: Worker;
  #onEnd: ((outcome: CallOutcome) => void) | undefined;
  #broken = false;

  constructor() {
    // A thread outlives the task that happened to need it first.
    this.#worker = asyncContext.run(undefined, startWorker);
    this.id = this.#worker.threadId;
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#end(outcomeOf(answer)));
    this.#worker.on('messageerror', (error) => this.#fail(cloneError('the result', error)));
    // What a call left behind and that throws later ends the thread.
    this.#worker.on('error', (error) => {
      if (this.#onEnd === undefined) warnOf('a thread broke between two calls', error);
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

  /** Makes `call`, and calls `onEnd` once with what became of it. Only while no other call runs. */
  call(call: Call, onEnd: (outcome: CallOutcome) => void): void {
    this.#onEnd = onEnd;
    // Only a thread with something to do keeps the process alive.
    this.#worker.ref();
    try {
      this.#worker.postMessage(call, call.transfer);
    } catch (error) {
      queueMicrotask(() => this.#fail(argumentError(call.args, error)));
    }
  }

  /** Ends the thread. Only while no call runs. */
  close(): void {
    this.#broken = true;
    this.#worker.ref();
    this.#worker.terminate();
  }

  #end(outcome: CallOutcome): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    this.#worker.unref();
    onEnd?.(outcome);
  }

  #fail(error: unknown): void {
    this.#end({ ok: false, error });
  }

  #break(error: unknown): void {
    this.#broken = true;
    this.#fail(error);
  }
}

function outcomeOf(answer: Answer): CallOutcome {
  return answer.ok ? answer : { ok: false, error: deserializeThrow(answer.thrown) };
}

function startWorker(): Worker {
  // Threads take over this process's options, loaders for one; but with this one none would start.
  const isInput = process.execArgv.some((option) => option.startsWith('--input-type'));
  return new Worker(ENTRY, isInput ? { execArgv: [] } : {});
}
