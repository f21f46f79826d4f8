import type { Row } from '../model/item.ts';

/**
 * Opens a list and yields its batches, such as the rows of each chunk of a file. When `leaving`
 * aborts, the generator stops waiting for its next batch, and ends.
 */
type OpenBatches = (leaving: AbortSignal) => AsyncGenerator<Iterable<Row>, void, undefined>;

/**
 * Rows that come in batches. A `for await` loop yields them one by one. A run reads the batches: no
 * row within a batch has to be awaited, which halves the time for each row (measured). Each
 * iteration opens the list anew.
 */
export class RowList implements AsyncIterable<Row> {
  readonly #open: OpenBatches;

  constructor(open: OpenBatches) {
    this.#open = open;
  }

  /**
   * The rows in batches. The rows of a batch are made as they are pulled.
   * @returns an iterator whose `return()` closes the list, even while the next batch is awaited
   */
  batches(): AsyncIterator<Iterable<Row>, void> {
    return new Batches(this.#open);
  }

  /** The rows one by one. `return()` closes the list, even while a `next()` is waiting. */
  [Symbol.asyncIterator](): AsyncIterator<Row, void> {
    const batches = new Batches(this.#open);
    const rows = flattened(batches);
    return {
      next: () => rows.next(),
      async return() {
        await batches.return?.();
        return await rows.return();
      },
    };
  }
}

/**
 * The rows of any iterable in batches. A {@link RowList} has its own; a sync iterable is one batch;
 * each row of an async iterable is a batch. Rows are pulled from a batch one by one, so a sync
 * iterable may be endless.
 */
export function batchesOf(
  rows: Iterable<Row> | AsyncIterable<Row>,
): AsyncIterator<Iterable<Row>, void> {
  if (rows instanceof RowList) return rows.batches();
  if (Symbol.asyncIterator in rows) return new SingleRows(rows[Symbol.asyncIterator]());
  return new RowList(async function* () {
    yield rows;
  }).batches();
}

/** @throws TypeError for a value that is not iterable, and for a string, which iterates over its letters */
export function checkRows(rows: unknown): void {
  const isThing = typeof rows === 'object' && rows !== null;
  if (isThing && (Symbol.asyncIterator in rows || Symbol.iterator in rows)) return;
  const what = typeof rows === 'string' ? `the string ${JSON.stringify(rows)}` : String(rows);
  throw new TypeError(`the rows must be an iterable, such as an array of URLs, not ${what}`);
}

/** A row that throws closes the batches. */
async function* flattened(
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
      // Closing the list made its wait fail. The caller has closed it, so for the caller it has ended.
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

/** Batches of one row: an async iterator does not say whether it has more rows at hand. */
class SingleRows implements AsyncIterator<Iterable<Row>, void> {
  readonly #rows: AsyncIterator<Row>;

  constructor(rows: AsyncIterator<Row>) {
    this.#rows = rows;
  }

  async next(): Promise<IteratorResult<Iterable<Row>, void>> {
    const { done, value } = await this.#rows.next();
    return done ? { done, value: undefined } : { done: false, value: [value] };
  }

  async return(): Promise<IteratorResult<Iterable<Row>, void>> {
    await this.#rows.return?.();
    return { done: true, value: undefined };
  }
}
