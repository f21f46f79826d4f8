import type { EagerIterator } from '../concurrency/pull.ts';

/**
 * An AsyncIterable whose iterators answer at once what they have. The language takes that well
 * (`for await` waits for whatever it gets), only its types do not know of it.
 */
export function eager<T>(open: () => EagerIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: open as () => AsyncIterator<T> };
}
