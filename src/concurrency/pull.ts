import { isPromise } from 'node:util/types';
import { CancelledError } from './errors.ts';
import { warnOf } from './warnings.ts';

/**
 * An async iterator that need not keep anybody waiting: what it has at once it answers at once, and
 * not by a promise, which costs each item several turns of the queue.
 */
export interface EagerIterator<T> {
  next(): IteratorResult<T, undefined> | Promise<IteratorResult<T, undefined>>;
  return?(): Promise<IteratorResult<T, undefined>>;
}

/** What makes {@link EagerIterator}s. */
export interface EagerIterable<T> {
  [Symbol.asyncIterator](): EagerIterator<T>;
}

/** Whatever items can be pulled from. */
export type Pullable<T> = Iterable<T> | AsyncIterable<T> | EagerIterable<T>;

/** Items pulled one at a time from either kind of iterable, and the closing of it. */
export class Pull<T> {
  readonly #iterator: Iterator<T> | AsyncIterator<T> | EagerIterator<T>;
  #asking = false;
  #exhausted = false;

  constructor(source: Pullable<T>) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Whether a `next()` of the source has not answered yet. */
  get asking(): boolean {
    return this.#asking;
  }

  /**
   * The next item: at once when the source has it at once.
   * @throws what the source throws
   */
  next(): IteratorResult<T> | Promise<IteratorResult<T>> {
    try {
      const answer = this.#iterator.next();
      return isThenable(answer) ? this.#later(answer) : this.#noted(answer);
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

/** A result has `done` or `value`, and what async iterators of others answer has `then`. */
export function isThenable<T>(
  answer: IteratorResult<T> | PromiseLike<IteratorResult<T>>,
): answer is PromiseLike<IteratorResult<T>> {
  return 'then' in answer && typeof answer.then === 'function';
}
