import { type EagerIterator, isThenable, type Pullable } from '../concurrency/pull.ts';
import type { Item, Row } from '../model/item.ts';
import { eager } from './eager.ts';

/** Numbers the rows, lazily, as {@link Item}s. What reading them throws is thrown. */
export function itemsOf(rows: Pullable<Row>): AsyncIterable<Item> {
  return eager(() => new Items(rows));
}

class Items implements EagerIterator<Item> {
  readonly #rows: Iterator<Row> | AsyncIterator<Row> | EagerIterator<Row>;
  #index = 0;

  constructor(rows: Pullable<Row>) {
    this.#rows =
      Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  }

  next(): IteratorResult<Item, undefined> | Promise<IteratorResult<Item, undefined>> {
    const answer = this.#rows.next();
    if (!isThenable(answer)) return this.#item(answer);
    return Promise.resolve(answer).then((result) => this.#item(result));
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    await this.#rows.return?.();
    return { done: true, value: undefined };
  }

  #item(result: IteratorResult<Row>): IteratorResult<Item, undefined> {
    if (result.done) return { done: true, value: undefined };
    return { done: false, value: itemOf(result.value, this.#index++) };
  }
}

function itemOf(row: Row, index: number): Item {
  if (typeof row === 'string' || row instanceof URL) return { index, url: String(row) };
  return { ...row, index, url: String(row.url) };
}
