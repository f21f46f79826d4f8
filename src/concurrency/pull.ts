import { isPromise } from 'node:util/types';
import { ensureFuture } from './ensure-future.ts';
import { warnOf } from './failures.ts';

/** Items pulled one at a time from either kind of iterable, and the closing of it. */
export class Pull<T> {
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  /** A `next()` of the source has not answered yet. */
  #asking = false;
  #exhausted = false;

  constructor(source: Iterable<T> | AsyncIterable<T>) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /**
   * The next item: at once when the source has it at once.
   * @throws what the source throws; the task's CancelledError while the source makes it wait
   */
  next(): IteratorResult<T> | Promise<IteratorResult<T>> {
    this.#asking = true;
    try {
      const answer = this.#iterator.next();
      return isPromise(answer) ? this.#answered(answer) : this.#noted(answer as IteratorResult<T>);
    } catch (error) {
      this.#exhausted = true;
      throw error;
    }
  }

  /**
   * Has the source clean up, unless it has come to its end. A source that is stuck in its `next()`
   * may never get to it, so that one is told and not waited for.
   * @throws what the source's cleanup throws
   */
  async close(): Promise<void> {
    if (this.#exhausted) return;
    this.#exhausted = true;
    const closed = this.#iterator.return?.();
    if (!this.#asking) await closed;
    else if (isPromise(closed)) closed.catch((error) => warnOf('a source failed to close', error));
  }

  async #answered(answer: Promise<IteratorResult<T>>): Promise<IteratorResult<T>> {
    // As a future, so that cancellation reaches this wait even where it does not reach the source.
    const future = ensureFuture(answer);
    try {
      return this.#noted(await future);
    } catch (error) {
      if (!future.cancelled()) {
        this.#asking = false;
        this.#exhausted = true;
      }
      throw error;
    }
  }

  #noted(result: IteratorResult<T>): IteratorResult<T> {
    this.#asking = false;
    this.#exhausted = result.done === true;
    return result;
  }
}
