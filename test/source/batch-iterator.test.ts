import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { BatchIterator } from '../../src/source/batch-iterator.ts';

const END = { done: true, value: undefined };

async function* numbers(...batches: number[][]): AsyncGenerator<number[], void, undefined> {
  for (const batch of batches) {
    await new Promise((resolve) => setImmediate(resolve));
    yield batch;
  }
}

test('BatchIterator: gives the items of all batches, in order', async () => {
  const iterator = new BatchIterator(() => numbers([1, 2], [], [3], []));
  const taken: number[] = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    taken.push(next.value);
  }
  assert.deepEqual(taken, [1, 2, 3]);
  assert.deepEqual(await iterator.next(), END);
});

test('next: several at once are answered in the order in which they came', async () => {
  const iterator = new BatchIterator(() => numbers([1], [2, 3], [4]));
  const results = await Promise.all(Array.from({ length: 6 }, () => iterator.next()));
  assert.deepEqual(
    results.map(({ value }) => value),
    [1, 2, 3, 4, undefined, undefined],
  );
});

test('next: answers at once what a batch has', async () => {
  const iterator = new BatchIterator(() => numbers([1, 2]));
  await iterator.next();
  assert.deepEqual(iterator.next(), { done: false, value: 2 });
  await iterator.return();
});

test('next: asks for a batch only when the one before is used up', async () => {
  let made = 0;
  async function* batches() {
    for (;;) yield [++made, -made];
  }
  const iterator = new BatchIterator(batches);
  assert.equal(made, 0);
  await iterator.next();
  await iterator.next();
  assert.equal(made, 1);
  await iterator.next();
  assert.equal(made, 2);
  await iterator.return();
});

test('next: throws what making a batch or an item throws, and is over', async () => {
  const cleaned: string[] = [];
  function* items() {
    yield 1;
    throw new RangeError('no item');
  }
  async function* batches(failing: boolean) {
    try {
      yield items();
      if (failing) throw new TypeError('no batch');
    } finally {
      cleaned.push('closed');
    }
  }
  const first = new BatchIterator(() => batches(false));
  assert.deepEqual(await first.next(), { done: false, value: 1 });
  await assert.rejects(async () => first.next(), { message: 'no item' });
  assert.deepEqual(cleaned, ['closed']);
  assert.deepEqual(await first.next(), END);
  async function* broken() {
    yield [1];
    throw new TypeError('no batch');
  }
  const second = new BatchIterator(broken);
  await second.next();
  await assert.rejects(async () => second.next(), { message: 'no batch' });
  assert.deepEqual(await second.next(), END);
});

test('return: ends a next that waits', async () => {
  let signal: AbortSignal | undefined;
  async function* stuck(leaving: AbortSignal): AsyncGenerator<number[], void, undefined> {
    signal = leaving;
    await new Promise((_, reject) => {
      leaving.addEventListener('abort', () => reject(leaving.reason), { once: true });
    });
    yield [1];
  }
  const iterator = new BatchIterator(stuck);
  const waiting = iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await iterator.return(), END);
  assert.deepEqual(await waiting, END);
  assert.equal(signal !== undefined && getEventListeners(signal, 'abort').length, 0);
});

test('return: leaves the rest of a batch', async () => {
  const iterator = new BatchIterator(() => numbers([1, 2, 3]));
  await iterator.next();
  await iterator.return();
  assert.deepEqual(await iterator.next(), END);
});
