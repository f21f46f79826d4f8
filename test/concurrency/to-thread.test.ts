// Slow: starts threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Future, run, toThread } from '../../src/concurrency/index.ts';
import type threadProbe from './thread-probe.ts';
import type { add } from './thread-probe.ts';

const PROBE = new URL('./thread-probe.ts', import.meta.url);

test('toThread: calls a function with the arguments after it', async () => {
  const repeat = (text: string, count: number) => text.repeat(count);
  assert.equal(await run(() => toThread(repeat, 'ab', 2)), 'abab');
  assert.equal(await run(() => toThread(async () => 'none')), 'none');
});

test('toThread: calls what a module exports, its default too, by URL or by path', async () => {
  const sums = await run(() =>
    Promise.all([
      toThread<typeof add>({ module: PROBE, name: 'add' }, 1, 2),
      toThread<typeof add>({ module: PROBE.href, name: 'add' }, 3, 4),
      toThread<typeof threadProbe>({ module: fileURLToPath(PROBE), name: 'default' }, 5),
    ]),
  );
  assert.deepEqual(sums, [3, 7, 10]);
});

test('toThread: has the types of the function', () => {
  const typed = () => {
    const length: Future<number> = toThread(async (text: string) => text.length, 'text');
    const sum: Future<number> = toThread<typeof add>({ module: PROBE, name: 'add' }, 1, 2);
    const unknown: Future<unknown> = toThread({ module: PROBE, name: 'add' }, 1, 'any');
    // @ts-expect-error: not a string
    toThread((text: string) => text.length, 1);
    // @ts-expect-error: one is missing
    toThread<typeof add>({ module: PROBE, name: 'add' }, 1);
    // @ts-expect-error: the result is not known
    const number: Future<number> = toThread({ module: PROBE, name: 'add' }, 1, 2);
    return [length, sum, unknown, number];
  };
  // It is for the type checker, and never called.
  assert.equal(typeof typed, 'function');
});
