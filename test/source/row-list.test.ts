import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import type { Row } from '../../src/model/item.ts';
import { RowList } from '../../src/source/row-list.ts';

const END = { done: true, value: undefined };

/** A list of rows in these batches, each of which comes later. */
function listOf(...batches: string[][]): RowList {
  return new RowList(async function* () {
    for (const batch of batches) {
      await new Promise((resolve) => setImmediate(resolve));
      yield batch;
    }
  });
}

/** A list that waits until it is left, and the signal that tells it so. */
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

test('RowList: a loop gets the rows of all batches, in order, each time anew', async () => {
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

test('RowList: throws what making a batch or a row throws, and is over', async () => {
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

test('batches: gives the batches as they are, an empty one too', async () => {
  const batches = listOf(['a', 'b'], [], ['c']).batches();
  assert.deepEqual(await batches.next(), { done: false, value: ['a', 'b'] });
  assert.deepEqual(await batches.next(), { done: false, value: [] });
  assert.deepEqual(await batches.next(), { done: false, value: ['c'] });
  assert.deepEqual(await batches.next(), END);
});

test('batches: return() ends a next() that waits', async () => {
  const batches = stuck().list.batches();
  const waiting = batches.next();
  assert.deepEqual(await batches.return?.(), END);
  assert.deepEqual(await waiting, END);
});

test('batches: a failure before return() is thrown', async () => {
  const batches = new RowList(async function* () {
    yield [];
    throw new TypeError('no batch');
  }).batches();
  await batches.next();
  await assert.rejects(batches.next(), { message: 'no batch' });
});
