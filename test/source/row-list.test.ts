import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Future } from '../../src/concurrency/future.ts';
import type { Row } from '../../src/model/item.ts';
import { batchesOf, RowList } from '../../src/source/row-list.ts';

const END = { done: true, value: undefined };

/** A list of rows in these batches, each of which comes in a later turn. */
function listOf(...batches: string[][]): RowList {
  return new RowList(async function* () {
    for (const batch of batches) {
      await new Promise((resolve) => setImmediate(resolve));
      yield batch;
    }
  });
}

/** A list that waits until it is left, and its signal. */
function stuck() {
  const note: { leaving?: AbortSignal } = {};
  const list = new RowList(async function* (leaving) {
    note.leaving = leaving;
    await new Promise((_, reject) => {
      leaving.addEventListener('abort', () => reject(leaving.reason), { once: true });
    });
    yield ['a'];
  });
  return { list, note };
}

test('RowList: a loop yields the rows of all batches in order, and may be repeated', async () => {
  const list = listOf(['a', 'b'], [], ['c'], []);
  for (let loop = 0; loop < 2; loop++) {
    assert.deepEqual(await Array.fromAsync(list), ['a', 'b', 'c']);
  }
});

test('RowList: several next() at once are answered in their order', async () => {
  const rows = listOf(['a'], ['b', 'c'], ['d'])[Symbol.asyncIterator]();
  const results = await Promise.all(Array.from({ length: 6 }, () => rows.next()));
  assert.deepEqual(
    results.map(({ value }) => value),
    ['a', 'b', 'c', 'd', undefined, undefined],
  );
});

test('RowList: asks for a batch only when the one before is used up', async () => {
  let made = 0;
  const rows = new RowList(async function* () {
    for (;;) yield [`${++made}a`, `${made}b`];
  })[Symbol.asyncIterator]();
  assert.equal(made, 0);
  await rows.next();
  await rows.next();
  assert.equal(made, 1);
  await rows.next();
  assert.equal(made, 2);
  await rows.return?.();
});

test('RowList: rethrows the error of a batch or a row, and ends', async () => {
  const cleaned: string[] = [];
  function* rows(): Generator<Row> {
    yield 'a';
    throw new RangeError('no row');
  }
  const badRow = new RowList(async function* () {
    try {
      yield rows();
    } finally {
      cleaned.push('closed');
    }
  })[Symbol.asyncIterator]();
  assert.deepEqual(await badRow.next(), { done: false, value: 'a' });
  await assert.rejects(badRow.next(), { message: 'no row' });
  assert.deepEqual(await badRow.next(), END);
  assert.deepEqual(cleaned, ['closed']);
  const badBatch = new RowList(async function* () {
    yield ['a'];
    throw new TypeError('no batch');
  })[Symbol.asyncIterator]();
  await badBatch.next();
  await assert.rejects(badBatch.next(), { message: 'no batch' });
  assert.deepEqual(await badBatch.next(), END);
});

test('RowList: leaving a loop skips the rest of a batch, and closes the list', async () => {
  let closed = 0;
  const list = new RowList(async function* () {
    try {
      yield ['a', 'b', 'c'];
    } finally {
      closed++;
    }
  });
  const taken: Row[] = [];
  for await (const row of list) {
    taken.push(row);
    break;
  }
  assert.deepEqual([taken, closed], [['a'], 1]);
});

test('RowList: return() ends a next() that waits, and leaves no listener', async () => {
  const { list, note } = stuck();
  const rows = list[Symbol.asyncIterator]();
  const waiting = rows.next();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await rows.return?.(), END);
  assert.deepEqual(await waiting, END);
  assert.equal(note.leaving && getEventListeners(note.leaving, 'abort').length, 0);
});

test('RowList.batches: yields the batches unchanged, even an empty one', async () => {
  const batches = listOf(['a', 'b'], [], ['c']).batches();
  assert.deepEqual(await batches.next(), { done: false, value: ['a', 'b'] });
  assert.deepEqual(await batches.next(), { done: false, value: [] });
  assert.deepEqual(await batches.next(), { done: false, value: ['c'] });
  assert.deepEqual(await batches.next(), END);
});

test('RowList.batches: return() ends a next() that waits', async () => {
  const batches = stuck().list.batches();
  const waiting = batches.next();
  assert.deepEqual(await batches.return?.(), END);
  assert.deepEqual(await waiting, END);
});

test('RowList.batches: a failure before return() is thrown', async () => {
  const batches = new RowList(async function* () {
    yield [];
    throw new TypeError('no batch');
  }).batches();
  await batches.next();
  await assert.rejects(batches.next(), { message: 'no batch' });
});

/** All batches, each as an array. */
async function listed(rows: Iterable<Row> | AsyncIterable<Row>): Promise<Row[][]> {
  const batches = batchesOf(rows);
  return Array.fromAsync({ [Symbol.asyncIterator]: () => batches }, (batch) => [...batch]);
}

/** Endless rows that count how many are pulled, and how often an iteration is closed. */
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

test('batchesOf: accepts thenables other than promises', async () => {
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
