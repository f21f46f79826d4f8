import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asCompleted,
  CancelledError,
  createTask,
  Future,
  TimeoutError,
  timeout,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

/** What each step of a `for … of` gives: a result, or the name and the message of the error. */
async function outcomes(futures: Iterable<Future<string>>): Promise<string[]> {
  const results: string[] = [];
  for (const future of futures) {
    try {
      results.push(await future);
    } catch (error) {
      results.push(String(error));
    }
  }
  return results;
}

test('asCompleted: for … of: gives futures that end as the next one to end does', async () => {
  const [a, b, c] = [new Future<string>(), new Future<string>(), new Future<string>()];
  const loop = outcomes(asCompleted([a, b, c]));
  b.setResult('b');
  c.setResult('c');
  await settle();
  a.setResult('a');
  assert.deepEqual(await loop, ['b', 'c', 'a']);
});

test('asCompleted: for await: gives the futures themselves, each one done', async () => {
  const [a, b, c] = [new Future<string>(), new Future<string>(), new Future<string>()];
  const loop = (async () => {
    const futures: unknown[] = [];
    for await (const future of asCompleted([a, b, c])) {
      assert.equal(future.done(), true);
      futures.push(future);
    }
    return futures;
  })();
  b.setResult('b');
  a.setException(new Error('a'));
  await settle();
  c.setResult('c');
  const futures = await loop;
  assert.equal(futures.length, 3);
  assert.ok([b, a, c].every((future, i) => future === futures[i]));
  assert.throws(() => a.result(), new Error('a'));
});

test('asCompleted: a failure or a cancellation ends neither the loop nor a generator around it', async () => {
  const [a, b, c] = [new Future<string>(), new Future<string>(), new Future<string>()];
  let counted = 0;
  function* counting<T>(futures: Iterable<T>): Generator<T> {
    for (const future of futures) {
      yield future;
      counted++;
    }
  }
  const loop = outcomes(counting(asCompleted([a, b, c])));
  b.setException(new Error('b'));
  a.cancel('a');
  c.setResult('c');
  assert.deepEqual(await loop, ['Error: b', 'CancelledError: a', 'c']);
  assert.equal(counted, 3);
});

test('asCompleted: takes functions and promises too, of different types, and starts the functions at once', async () => {
  let started = false;
  const futures = asCompleted([
    Promise.resolve('promise'),
    async () => {
      started = true;
      return 1;
    },
  ]);
  await settle();
  assert.equal(started, true);
  const results: (string | number)[] = [];
  for (const future of futures) results.push(await future);
  assert.deepEqual(new Set(results), new Set(['promise', 1]));
});

test('asCompleted: all steps may be taken before there is anything', async () => {
  const [a, b] = [new Future<string>(), new Future<string>()];
  const steps = [...asCompleted([a, b])];
  b.setResult('b');
  a.setResult('a');
  assert.deepEqual(await Promise.all(steps), ['b', 'a']);
});

test('asCompleted: ends at once without any, and yields one that is there twice once', async () => {
  assert.deepEqual([...asCompleted([])], []);
  assert.deepEqual(await Array.fromAsync(asCompleted([]), () => 1), []);
  const a = createTask(() => 'a');
  assert.deepEqual(await outcomes(asCompleted([a, a])), ['a']);
});

test('asCompleted: timeout: the futures that are left end as TimeoutError, and nothing is cancelled', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [a, b] = [new Future<string>(), new Future<string>()];
  const loop = outcomes(asCompleted([a, b], { timeout: 50 }));
  t.mock.timers.tick(30);
  a.setResult('a');
  await settle();
  t.mock.timers.tick(20);
  assert.deepEqual(await loop, ['a', 'TimeoutError: 1 not completed after 50 ms']);
  assert.equal(b.done(), false);
});

test('asCompleted: timeout: throws TimeoutError in a for await', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const a = new Future<string>();
  const loop = Array.fromAsync(asCompleted([a], { timeout: 50 }), () => 1);
  t.mock.timers.tick(50);
  await assert.rejects(loop, new TimeoutError('1 not completed after 50 ms'));
});

test('asCompleted: timeout: what was done in time still comes out', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [a, b] = [new Future<string>(), new Future<string>()];
  const [first, second] = asCompleted([a, b], { timeout: 50 });
  a.setResult('a');
  b.setResult('b');
  t.mock.timers.tick(50);
  assert.deepEqual([await first, await second], ['a', 'b']);
});

test('asCompleted: timeout not needed: leaves no timer', async () => {
  const before = process.getActiveResourcesInfo().length;
  assert.deepEqual(await outcomes(asCompleted([async () => 'a'], { timeout: 100_000 })), ['a']);
  assert.equal(process.getActiveResourcesInfo().length, before);
});

test('asCompleted: left early: leaves the rest running, and no timer', async () => {
  const [a, b] = [new Future<string>(), new Future<string>()];
  const before = process.getActiveResourcesInfo().length;
  a.setResult('a');
  for await (const future of asCompleted([a, b], { timeout: 100_000 })) {
    assert.equal(future.result(), 'a');
    break;
  }
  assert.equal(b.done(), false);
  assert.equal(process.getActiveResourcesInfo().length, before);
});

test('asCompleted: left early: is over, and what was given out still ends', async () => {
  const [a, b] = [new Future<string>(), new Future<string>()];
  const futures = asCompleted([a, b]);
  let first: Future<string> | undefined;
  for (const future of futures) {
    first = future;
    break;
  }
  a.setResult('a');
  assert.equal(await first, 'a');
  assert.deepEqual([...futures], []);
});

test('asCompleted: a step given up: the future is for the next step', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const take of ['next', 'async next'] as const) {
    const a = new Future<string>();
    const futures = asCompleted([a]);
    const loop = futures[Symbol.asyncIterator]();
    const step = take === 'next' ? futures.next().value : loop.next();
    const late = timeout(5, step as Promise<unknown>);
    t.mock.timers.tick(5);
    await assert.rejects(late, TimeoutError);
    a.setResult('a');
    assert.deepEqual(await outcomes(futures), ['a']);
  }
});

test('asCompleted: cancelled or aborted: cancels none of them, and leaves no listener', async () => {
  const a = new Future<string>();
  const controller = new AbortController();
  const task = createTask(async () => {
    for await (const _ of asCompleted([a]));
  });
  const loop = Array.fromAsync(asCompleted([a], { signal: controller.signal }), () => 1);
  await settle();
  task.cancel();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => await task, CancelledError);
  await assert.rejects(loop, new Error('enough'));
  assert.equal(a.done(), false);
  assert.equal(abortListeners(controller.signal), 0);
});

test('asCompleted: refuses a future in place of futures', () => {
  const future = new Future<string>();
  assert.throws(() => asCompleted(future as unknown as Future<string>[]), TypeError);
});
