import { getEventListeners } from 'node:events';
import type { CancelledError } from './errors.ts';
import type { Future } from './future.ts';
import { keepShape } from './shapes.ts';

/** Fields that few tasks need: they would cost each of them 70 bytes. */
export class RareTaskFields {
  /** Futures that the task is suspended on, besides the first. */
  moreWaits: Set<Future<unknown>> | undefined;
  #abort: AbortController | undefined;
  /** Stops tasks that await one another in a circle from interrupting one another for ever. */
  isInterrupting = false;
  /** The latest cancellation for which awaiting the task throws something else. */
  #ownReason: CancelledError | undefined;
  #thrown: unknown;
  giveBack: (() => void) | undefined;
  /** Waits that the task has begun and not awaited so far, besides the last. */
  #begun: Future<unknown>[] = [];
  #pruneAt = 16;

  /** Awaiting the task throws `thrown` if it ends for the cancellation `reason`. */
  throwFor(reason: CancelledError, thrown: unknown): void {
    this.#ownReason = reason;
    this.#thrown = thrown;
  }

  thrownFor(reason: CancelledError): unknown {
    return reason === this.#ownReason ? this.#thrown : reason;
  }

  addBegun(wait: Future<unknown>): void {
    if (this.#begun.push(wait) < this.#pruneAt) return;
    this.#begun = this.#begun.filter((each) => !each.done() && !each.isObserved);
    this.#pruneAt = 2 * this.#begun.length + 16;
  }

  /** Begun waits that nothing awaits: they would keep their places and timers for ever. */
  floatingWaits(): Future<unknown>[] {
    return this.#begun.filter((wait) => !wait.isObserved);
  }

  addWait(future: Future<unknown>): void {
    this.moreWaits ??= new Set();
    this.moreWaits.add(future);
  }

  /** The signal of the task: a fresh one after an abort, unless `kept` is a cancellation still to be seen. */
  signal(kept: CancelledError | undefined): AbortSignal {
    if (this.#abort === undefined || (this.#abort.signal.aborted && kept === undefined)) {
      this.#abort = new AbortController();
      if (kept !== undefined) this.#abort.abort(kept);
    }
    return this.#abort.signal;
  }

  abort(reason: CancelledError): void {
    this.#abort?.abort(reason);
  }

  /** Whether an operation listens to the signal of the task. */
  get isSignalHeard(): boolean {
    return this.#abort !== undefined && getEventListeners(this.#abort.signal, 'abort').length > 0;
  }
}

keepShape(new RareTaskFields());
