import type { Row } from '../model/item.ts';
import { RowList } from './row-list.ts';

/**
 * The rows of any iterable in batches: those of a {@link RowList}, all of a sync iterable in one, each
 * row of an async iterable by itself. Rows are pulled from a batch one by one, also from that of an
 * iterable without end.
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

/** Batches of one: whether an async iterator has more at hand cannot be known. */
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
