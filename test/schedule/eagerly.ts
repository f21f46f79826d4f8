import type { EagerIterable } from '../../src/concurrency/pull.ts';

/** A list that is there at once, and what is done with it. */
export function eagerly<T>(
  items: Iterable<T>,
  note: { pulled?: number; closed?: number } = {},
): EagerIterable<T> {
  const iterator = items[Symbol.iterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        const result = iterator.next();
        if (!result.done) note.pulled = (note.pulled ?? 0) + 1;
        return result;
      },
      async return() {
        note.closed = (note.closed ?? 0) + 1;
        iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** A list that answers by promises. */
export function asynchronously<T>(items: AsyncIterator<T>): EagerIterable<T> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => items.next(),
      async return() {
        await items.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
