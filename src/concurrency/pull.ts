import { isPromise } from 'node:util/types';
import { CancelledError } from './errors.ts';
import { warnOf } from './warnings.ts';

/** Items pulled one at a time from either kind of iterable, and the closing of it. */
export class Pull<T> {
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  #asking = false;
  #exhausted = false;

  constructor(source: Iterable<T> | AsyncIterable<T>) {
    this.isSync = !(Symbol.asyncIterator in source);
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Whether the source answers at once. */
  readonly isSync: boolean;

  /** Whether a `next()` of the source has not answered yet. */
  get asking(): boolean {
    return this.#asking;
  }

  /**
   * The next item: at once when the source is a sync one.
   * @throws what the source throws
   */
  next(): IteratorResult<T> | Promise<IteratorResult<T>> {
    try {
      const answer = this.#iterator.next();
      return 'then' in answer ? this.#later(answer) : this.#noted(answer);
    } catch (error) {
      this.#exhausted = true;
      throw error;
    }
  }

  /**
   * Has the source clean up, unless it has come to its end. A source that is stuck in its `next()`
   * may never come to its cleanup, so its `return()` is called and not awaited.
   * @throws what the source's cleanup throws
   */
  async close(): Promise<void> {
    if (this.#exhausted) return;
    this.#exhausted = true;
    const closed = this.#iterator.return?.();
    if (!this.#asking) await closed;
    else if (isPromise(closed)) closed.catch((error) => warnOf('a source failed to close', error));
  }

  async #later(answer: PromiseLike<IteratorResult<T>>): Promise<IteratorResult<T>> {
    this.#asking = true;
    try {
      return this.#noted(await answer);
    } catch (error) {
      // A wait that was cancelled says nothing of the source, which may have more.
      if (!(error instanceof CancelledError)) this.#exhausted = true;
      throw error;
    } finally {
      this.#asking = false;
    }
  }

  #noted(result: IteratorResult<T>): IteratorResult<T> {
    if (result.done) this.#exhausted = true;
    return result;
  }
}
