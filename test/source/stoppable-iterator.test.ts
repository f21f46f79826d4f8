import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { StoppableIterator } from '../../src/source/stoppable-iterator.ts';

const END = { done: true, value: undefined };
const double = (n: number): number => 2 * n;

/** An iterator whose answers the test gives by hand. */
class Manual implements AsyncIterator<number> {
  readonly asked: PromiseWithResolvers<IteratorResult<number>>[] = [];
  returned = 0;
  onReturn: () => Promise<IteratorResult<number>> = async () => ({ done: true, value: undefined });

  next(): Promise<IteratorResult<number>> {
    const answer = Promise.withResolvers<IteratorResult<number>>();
    this.asked.push(answer);
    return answer.promise;
  }

  return(): Promise<IteratorResult<number>> {
    this.returned++;
    return this.onReturn();
  }
}

function setUp() {
  const stopping = new AbortController();
  const source = new Manual();
  const iterator = new StoppableIterator(source, double, stopping.signal);
  const listeners = () => getEventListeners(stopping.signal, 'abort').length;
  return { stopping, source, iterator, listeners };
}

test('StoppableIterator: passes each item through the transformation, to the end', async () => {
  async function* numbers() {
    yield* [1, 2, 3];
  }
  const { signal } = new AbortController();
  const iterator = new StoppableIterator(numbers(), double, signal);
  assert.deepEqual(await Array.fromAsync(iterator), [2, 4, 6]);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('next: ends at once when stop aborts, however stuck the other one is', async () => {
  const { stopping, source, iterator, listeners } = setUp();
  const stuck = iterator.next();
  assert.equal(listeners(), 1);
  stopping.abort();
  assert.deepEqual(await stuck, END);
  assert.equal(source.returned, 1);
  assert.equal(listeners(), 0);
});

test('next: ends although the return of an async generator waits behind its next', async () => {
  const forever = Promise.withResolvers<void>();
  let closed = false;
  async function* typedByHand(): AsyncGenerator<number> {
    try {
      await forever.promise;
      yield 1;
    } finally {
      closed = true;
    }
  }
  const stopping = new AbortController();
  const iterator = new StoppableIterator(typedByHand(), double, stopping.signal);
  const stuck = iterator.next();
  stopping.abort();
  assert.deepEqual(await stuck, END);
  assert.equal(closed, false);
});

test('next: nothing is asked of the other one after the stop; it is closed', async () => {
  const { stopping, source, iterator } = setUp();
  stopping.abort();
  assert.deepEqual(await iterator.next(), END);
  assert.deepEqual([source.asked.length, source.returned], [0, 1]);
});

test('next: an answer that comes after the stop changes nothing', async () => {
  const { stopping, source, iterator } = setUp();
  const stuck = iterator.next();
  stopping.abort();
  source.asked[0]?.resolve({ done: false, value: 1 });
  assert.deepEqual(await stuck, END);
});

test('next: a failure that comes after the stop is not an unhandled one', async () => {
  const { stopping, source, iterator } = setUp();
  source.onReturn = () => Promise.reject(new Error('could not close'));
  const stuck = iterator.next();
  stopping.abort();
  source.asked[0]?.reject(new Error('too late'));
  assert.deepEqual(await stuck, END);
  // An unhandled rejection would fail this test file.
  await new Promise((resolve) => setImmediate(resolve));
});

test('next: leaves no listener after each answer', async () => {
  const { source, iterator, listeners } = setUp();
  for (const value of [1, 2, 3]) {
    const next = iterator.next();
    assert.equal(listeners(), 1);
    source.asked.at(-1)?.resolve({ done: false, value });
    assert.deepEqual(await next, { done: false, value: 2 * value });
    assert.equal(listeners(), 0);
  }
});

test('next: throws what the other one throws, and leaves no listener', async () => {
  const { source, iterator, listeners } = setUp();
  const failing = iterator.next();
  source.asked[0]?.reject(new RangeError('no more'));
  await assert.rejects(failing, { name: 'RangeError', message: 'no more' });
  assert.equal(listeners(), 0);
});

test('next: throws what the transformation throws', async () => {
  const source = new Manual();
  const refuse = () => {
    throw new TypeError('no row');
  };
  const iterator = new StoppableIterator(source, refuse, new AbortController().signal);
  const failing = iterator.next();
  source.asked[0]?.resolve({ done: false, value: 1 });
  await assert.rejects(failing, { name: 'TypeError', message: 'no row' });
});

test('next: the value that a generator returns is no item', async () => {
  const { source, iterator } = setUp();
  const last = iterator.next();
  source.asked[0]?.resolve({ done: true, value: 7 });
  assert.deepEqual(await last, END);
});

test('return: closes the other one and waits for it', async () => {
  const { source, iterator } = setUp();
  const closing = Promise.withResolvers<IteratorResult<number>>();
  source.onReturn = () => closing.promise;
  let closed = false;
  const returned = iterator.return().then((result) => {
    closed = true;
    return result;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(closed, false);
  closing.resolve({ done: true, value: 9 });
  assert.deepEqual(await returned, END);
});

test('return: throws what the cleanup throws', async () => {
  const { source, iterator } = setUp();
  source.onReturn = () => Promise.reject(new Error('could not close'));
  await assert.rejects(iterator.return(), { message: 'could not close' });
});

test('return: the other one may have none', async () => {
  const bare: AsyncIterator<number> = { next: async () => ({ done: false, value: 1 }) };
  const iterator = new StoppableIterator(bare, double, new AbortController().signal);
  assert.deepEqual(await iterator.return(), END);
});
