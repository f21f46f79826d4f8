import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Future } from '../../src/concurrency/future.ts';
import type { Item, Row } from '../../src/model/item.ts';
import { itemsOf } from '../../src/source/items.ts';

const ROWS: readonly Row[] = [
  'http://h/a',
  new URL('http://h/b?q#f'),
  { url: 'http://h/c' },
  { url: new URL('http://h/d'), name: 'd.gif' },
];

const ITEMS = [
  [0, 'http://h/a', undefined],
  [1, 'http://h/b?q#f', undefined],
  [2, 'http://h/c', undefined],
  [3, 'http://h/d', 'd.gif'],
];

async function listed(items: Iterable<Item> | AsyncIterable<Item>): Promise<unknown[]> {
  return Array.fromAsync(items, ({ index, url, name }) => [index, url, name]);
}

/** A hundred rows, sync or async, that note what is done with them. */
class Hundred {
  pulled = 0;
  closed = 0;

  *[Symbol.iterator](): Generator<string> {
    try {
      while (this.pulled < 100) yield `http://h/${this.pulled++}`;
    } finally {
      this.closed++;
    }
  }

  async *asynchronously(): AsyncGenerator<string> {
    yield* this;
  }
}

test('itemsOf: numbers rows of every form from 0', async () => {
  assert.deepEqual(await listed(itemsOf(ROWS)), ITEMS);
  async function* rows() {
    yield* ROWS;
  }
  assert.deepEqual(await listed(itemsOf(rows())), ITEMS);
});

test('itemsOf: takes rows that are promised by others than the language', async () => {
  const results = ROWS.values();
  const rows = {
    [Symbol.asyncIterator]: () => ({
      next() {
        const future = new Future<IteratorResult<Row>>();
        future.setResult(results.next());
        return future;
      },
    }),
  };
  assert.deepEqual(await listed(itemsOf(rows as AsyncIterable<Row>)), ITEMS);
});

test('itemsOf: a URL that is none is for later to complain about', async () => {
  assert.deepEqual(await listed(itemsOf(['no url'])), [[0, 'no url', undefined]]);
});

test('itemsOf: no rows are no items', async () => {
  assert.deepEqual(await Array.fromAsync(itemsOf([])), []);
});

test('itemsOf: pulls a row only when an item is asked for, and has it at once', async () => {
  const rows = new Hundred();
  const items = itemsOf(rows)[Symbol.asyncIterator]();
  assert.equal(rows.pulled, 0);
  assert.deepEqual(items.next(), { done: false, value: { index: 0, url: 'http://h/0' } });
  assert.equal(rows.pulled, 1);
  items.next();
  assert.equal(rows.pulled, 2);
  await items.return?.();
  assert.equal(rows.closed, 1);
});

test('itemsOf: pulls a row of an async source only when an item is asked for', async () => {
  const rows = new Hundred();
  const items = itemsOf(rows.asynchronously())[Symbol.asyncIterator]();
  assert.equal(rows.pulled, 0);
  await items.next();
  assert.equal(rows.pulled, 1);
  await items.return?.();
  assert.equal(rows.closed, 1);
});

for (const kind of ['sync', 'async'] as const) {
  test(`itemsOf: throws what a ${kind} source throws`, async () => {
    const broken = new Error('line 2 is broken');
    function* rows() {
      yield 'http://h/a';
      throw broken;
    }
    async function* asyncRows() {
      yield* rows();
    }
    const items = itemsOf(kind === 'sync' ? rows() : asyncRows());
    await assert.rejects(Array.fromAsync(items), (error) => error === broken);
  });
}
