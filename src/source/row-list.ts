import type { Row } from '../model/item.ts';

/**
 * Makes the batches of a list, such as the rows of each chunk of a file. When `leaving` aborts it
 * lets go of what it waits for, and ends.
 */
type OpenBatches = (leaving: AbortSignal) => AsyncGenerator<Iterable<Row>, void, undefined>;

/**
 * Rows that come in batches. A loop over it gets them one by one; a run reads the batches, within
 * which no row has to be waited for (measured: half the time for each row). Each iteration opens the
 * list anew.
 */
export class RowList implements AsyncIterable<Row> {
  readonly #open: OpenBatches;

  constructor(open: OpenBatches) {
    this.#open = open;
  }

  /**
   * The rows in batches, each made as its rows are pulled.
   * @returns an iterator whose `return()` closes the list, also while its next batch is waited for
   */
  batches(): AsyncIterator<Iterable<Row>, void> {
    return new Batches(this.#open);
  }

  /** The rows one by one. `return()` closes the list, also while a `next()` waits for it. */
  [Symbol.asyncIterator](): AsyncIterator<Row, void> {
    const batches = new Batches(this.#open);
    const rows = rowsOf(batches);
    return {
      next: () => rows.next(),
      async return() {
        await batches.return?.();
        return await rows.return();
      },
    };
  }
}

/** Closes the batches when a row of one throws. */
async function* rowsOf(
  batches: AsyncIterable<Iterable<Row>>,
): AsyncGenerator<Row, void, undefined> {
  for await (const batch of batches) yield* batch;
}

class Batches implements AsyncIterableIterator<Iterable<Row>, void> {
  readonly #leaving = new AbortController();
  readonly #batches: AsyncGenerator<Iterable<Row>, void, undefined>;

  constructor(open: OpenBatches) {
    this.#batches = open(this.#leaving.signal);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Iterable<Row>, void>> {
    try {
      return await this.#batches.next();
    } catch (error) {
      // What it waited for was let go of: that is an end like any other.
      if (this.#leaving.signal.aborted) return { done: true, value: undefined };
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Iterable<Row>, void>> {
    this.#leaving.abort();
    await this.#batches.return();
    return { done: true, value: undefined };
  }
}
