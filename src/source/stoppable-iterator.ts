import { warnOf } from '../concurrency/warnings.ts';

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * An iterator over another's items, each passed through `transform`, that ends when `stop` aborts:
 * also while the other one is stuck in its `next()` (a list that someone types into a terminal).
 * An async generator could not: its `return()` waits in line behind its `next()`.
 */
export class StoppableIterator<T, U> implements AsyncIterableIterator<U, undefined> {
  readonly #iterator: AsyncIterator<T>;
  readonly #transform: (item: T) => U;
  readonly #stop: AbortSignal;

  constructor(iterator: AsyncIterator<T>, transform: (item: T) => U, stop: AbortSignal) {
    this.#iterator = iterator;
    this.#transform = transform;
    this.#stop = stop;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what the other iterator throws */
  next(): Promise<IteratorResult<U, undefined>> {
    if (this.#stop.aborted) return this.return();
    return new Promise((resolve, reject) => {
      // The source is told to close, but not waited for: it may be stuck for good.
      const onStop = (): void => {
        resolve(END);
        this.return().catch((error: unknown) => warnOf('a source failed to close', error));
      };
      this.#stop.addEventListener('abort', onStop, { once: true });
      Promise.try(() => this.#iterator.next())
        .then((result) => this.#transformed(result))
        .finally(() => this.#stop.removeEventListener('abort', onStop))
        .then(resolve, reject);
    });
  }

  #transformed(result: IteratorResult<T>): IteratorResult<U, undefined> {
    return result.done ? END : { done: false, value: this.#transform(result.value) };
  }

  /** Closes the other iterator. @throws what its cleanup throws */
  async return(): Promise<IteratorResult<U, undefined>> {
    await this.#iterator.return?.();
    return END;
  }
}
