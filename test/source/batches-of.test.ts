import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Future } from '../../src/concurrency/future.ts';
import type { Row } from '../../src/model/item.ts';
import { batchesOf } from '../../src/source/batches-of.ts';
import { RowList } from '../../src/source/row-list.ts';

const END = { done: true, value: undefined };

/** All batches, each as an array. */
async function listed(rows: Iterable<Row> | AsyncIterable<Row>): Promise<Row[][]> {
  const batches = batchesOf(rows);
  return Array.fromAsync({ [Symbol.asyncIterator]: () => batches }, (batch) => [...batch]);
}

/** Rows without end that note what is done with them. */
class Endless {
  pulled = 0;
  closed = 0;

  *[Symbol.iterator](): Generator<string> {
    try {
      for (;;) yield `http://h/${this.pulled++}`;
    } finally {
      this.closed++;
    }
  }

  async *asynchronously(): AsyncGenerator<string> {
    yield* this;
  }
}

test('batchesOf: a RowList has its own batches', async () => {
  const list = new RowList(async function* () {
    yield ['a', 'b'];
    yield ['c'];
  });
  assert.deepEqual(await listed(list), [['a', 'b'], ['c']]);
});

test('batchesOf: a sync iterable is one batch', async () => {
  assert.deepEqual(await listed(['a', 'b']), [['a', 'b']]);
  assert.deepEqual(await listed([]), [[]]);
});

test('batchesOf: each row of an async iterable is a batch', async () => {
  const rows = (async function* () {
    yield* ['a', 'b'];
  })();
  assert.deepEqual(await listed(rows), [['a'], ['b']]);
});

test('batchesOf: takes promises that are not of the language', async () => {
  const results = ['a', 'b'].values();
  const rows = {
    [Symbol.asyncIterator]: () => ({
      next() {
        const future = new Future<IteratorResult<Row>>();
        future.setResult(results.next());
        return future;
      },
    }),
  };
  assert.deepEqual(await listed(rows as AsyncIterable<Row>), [['a'], ['b']]);
});

test('batchesOf: pulls a row of a sync iterable only when it is asked for', async () => {
  const rows = new Endless();
  const batches = batchesOf(rows);
  const { value } = await batches.next();
  assert.equal(rows.pulled, 0);
  for (const row of value ?? []) {
    assert.equal(row, 'http://h/0');
    break;
  }
  assert.deepEqual([rows.pulled, rows.closed], [1, 1]);
  assert.deepEqual(await batches.return?.(), END);
});

test('batchesOf: pulls a row of an async iterable only when it is asked for', async () => {
  const rows = new Endless();
  const batches = batchesOf(rows.asynchronously());
  assert.equal(rows.pulled, 0);
  await batches.next();
  assert.equal(rows.pulled, 1);
  assert.deepEqual(await batches.return?.(), END);
  assert.equal(rows.closed, 1);
});

test('batchesOf: an async iterator without return() can be left', async () => {
  const next = async () => ({ done: false, value: 'a' }) as const;
  const batches = batchesOf({ [Symbol.asyncIterator]: () => ({ next }) });
  await batches.next();
  assert.deepEqual(await batches.return?.(), END);
});

for (const kind of ['sync', 'async'] as const) {
  test(`batchesOf: throws what a ${kind} iterable throws`, async () => {
    const broken = new Error('line 2 is broken');
    function* rows() {
      yield 'a';
      throw broken;
    }
    async function* asyncRows() {
      yield* rows();
    }
    await assert.rejects(
      listed(kind === 'sync' ? rows() : asyncRows()),
      (error) => error === broken,
    );
  });
}
