import type { Item, Row } from '../model/item.ts';
import { StoppableIterator } from './stoppable-iterator.ts';

/**
 * Numbers the rows, lazily, as {@link Item}s, until there are no more or `stop` aborts. Stopping is
 * an end like any other here: what it means for the rows under way is for the engine to say.
 */
export function itemsOf(
  rows: Iterable<Row> | AsyncIterable<Row>,
  stop: AbortSignal,
): Iterable<Item> | AsyncIterable<Item> {
  if (!(Symbol.asyncIterator in rows)) return numbered(rows, stop);
  let index = 0;
  const toItem = (row: Row): Item => itemOf(row, index++);
  return new StoppableIterator(rows[Symbol.asyncIterator](), toItem, stop);
}

function* numbered(rows: Iterable<Row>, stop: AbortSignal): Generator<Item, void, undefined> {
  if (stop.aborted) return;
  let index = 0;
  for (const row of rows) {
    yield itemOf(row, index++);
    // Before the next row is read: it would have no outcome.
    if (stop.aborted) return;
  }
}

function itemOf(row: Row, index: number): Item {
  if (typeof row === 'string' || row instanceof URL) return { index, url: String(row) };
  return { ...row, index, url: String(row.url) };
}
