import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EagerIterator } from '../../src/concurrency/pull.ts';
import { eager } from '../../src/source/eager.ts';

/** Counts to three: the odd numbers are there at once, the even one has to be waited for. */
class Three implements EagerIterator<number> {
  static closed = 0;
  #n = 0;

  next(): IteratorResult<number, undefined> | Promise<IteratorResult<number, undefined>> {
    if (this.#n === 3) return { done: true, value: undefined };
    const result = { done: false, value: ++this.#n } as const;
    return this.#n === 2 ? Promise.resolve(result) : result;
  }

  async return(): Promise<IteratorResult<number, undefined>> {
    Three.closed++;
    return { done: true, value: undefined };
  }
}

test('eager: whoever loops over it gets what is there at once, and what is not', async () => {
  const three = eager(() => new Three());
  assert.deepEqual(await Array.fromAsync(three), [1, 2, 3]);
  // Each loop has an iterator of its own.
  const again: number[] = [];
  for await (const n of three) again.push(n);
  assert.deepEqual(again, [1, 2, 3]);
});

test('eager: its iterators answer at once', () => {
  const iterator = eager(() => new Three())[Symbol.asyncIterator]();
  assert.deepEqual(iterator.next(), { done: false, value: 1 });
});

test('eager: leaving the loop closes it', async () => {
  Three.closed = 0;
  for await (const n of eager(() => new Three())) if (n === 2) break;
  assert.equal(Three.closed, 1);
});
