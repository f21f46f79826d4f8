import type { Row } from '../../src/model/item.ts';

/** What an iterator answers after its last row. */
export const END = { done: true, value: undefined } as const;

/** Rows of one origin, which count how many of them were pulled, and how often they were closed. */
export class Rows implements AsyncIterable<string> {
  pulled = 0;
  closed = 0;
  readonly #count: number;

  constructor(count = Number.POSITIVE_INFINITY) {
    this.#count = count;
  }

  *[Symbol.iterator](): Generator<string> {
    try {
      while (this.pulled < this.#count) yield `http://a/${this.pulled++}`;
    } finally {
      this.closed++;
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: async () =>
        this.pulled < this.#count ? { done: false, value: `http://a/${this.pulled++}` } : END,
      return: async () => {
        this.closed++;
        return END;
      },
    };
  }
}

/** A source with this iterator. */
export function from(iterator: AsyncIterator<Row>): AsyncIterable<Row> {
  return { [Symbol.asyncIterator]: () => iterator };
}

/** The `return()` of a source that fails to close. */
export const couldNotClose = () => Promise.reject(new Error('could not close'));
