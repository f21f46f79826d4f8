import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  asCompleted,
  CancelledError,
  createTask,
  Future,
  TimeoutError,
} from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

describe('asCompleted', () => {
  it('yields the results in the order in which they are ready', async () => {
    const [a, b, c] = [new Future<string>(), new Future<string>(), new Future<string>()];
    const loop = Array.fromAsync(asCompleted([a, b, c]));
    b.setResult('b');
    c.setResult('c');
    await settle();
    a.setResult('a');
    assert.deepEqual(await loop, ['b', 'c', 'a']);
  });

  it('takes functions and promises too, and starts the functions at once', async () => {
    let started = false;
    const results = asCompleted<string>([
      Promise.resolve('promise'),
      () => {
        started = true;
        return 'fn';
      },
    ]);
    await settle();
    assert.equal(started, true);
    assert.deepEqual((await Array.fromAsync(results)).toSorted(), ['fn', 'promise']);
  });

  it('throws a failure or a cancellation in its turn, and a second loop goes on', async () => {
    const [a, b, c] = [new Future<string>(), new Future<string>(), new Future<string>()];
    const results = asCompleted([a, b, c]);
    b.setResult('b');
    a.setException(new Error('a'));
    const values: string[] = [];
    const loop = async () => {
      for await (const value of results) values.push(value);
    };
    await assert.rejects(loop(), new Error('a'));
    c.cancel();
    await assert.rejects(loop(), CancelledError);
    await loop();
    assert.deepEqual(values, ['b']);
  });

  it('ends at once without any, and yields one that is there twice once', async () => {
    assert.deepEqual(await Array.fromAsync(asCompleted([])), []);
    const a = createTask(() => 'a');
    assert.deepEqual(await Array.fromAsync(asCompleted([a, a])), ['a']);
  });

  it('ends every next() that waits at the same time', async () => {
    const a = new Future<string>();
    const futures = asCompleted([a]);
    const both = Promise.all([futures.next(), futures.next()]);
    await settle();
    a.setResult('a');
    assert.deepEqual(await both, [
      { done: false, value: 'a' },
      { done: true, value: undefined },
    ]);
  });

  it('timeout: throws TimeoutError for what is not done, after what is, and cancels nothing', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const [a, b] = [new Future<string>(), new Future<string>()];
    const futures = asCompleted([a, b], { timeout: 50 });
    const first = futures.next();
    t.mock.timers.tick(30);
    a.setResult('a');
    assert.equal((await first).value, 'a');
    const second = futures.next();
    t.mock.timers.tick(20);
    await assert.rejects(second, new TimeoutError('1 not completed after 50 ms'));
    assert.equal(b.done(), false);
    assert.deepEqual(await futures.next(), { done: true, value: undefined });
  });

  it('timeout: what was done in time still comes out', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const [a, b] = [new Future<string>(), new Future<string>()];
    const futures = asCompleted([a, b], { timeout: 50 });
    const first = futures.next();
    a.setResult('a');
    b.setResult('b');
    t.mock.timers.tick(50);
    assert.equal((await first).value, 'a');
    assert.equal((await futures.next()).value, 'b');
    assert.equal((await futures.next()).done, true);
  });

  it('left early: leaves the rest running, and no timer', async () => {
    const [a, b] = [new Future<string>(), new Future<string>()];
    const before = process.getActiveResourcesInfo().length;
    a.setResult('a');
    for await (const value of asCompleted([a, b], { timeout: 100_000 })) {
      assert.equal(value, 'a');
      break;
    }
    assert.equal(b.done(), false);
    assert.equal(process.getActiveResourcesInfo().length, before);
  });

  it('cancelled or aborted: cancels none of them, and leaves no listener', async () => {
    const a = new Future<string>();
    const controller = new AbortController();
    const task = createTask(() => Array.fromAsync(asCompleted([a])));
    const loop = Array.fromAsync(asCompleted([a], { signal: controller.signal }));
    await settle();
    task.cancel();
    controller.abort(new Error('enough'));
    await assert.rejects(async () => await task, CancelledError);
    await assert.rejects(loop, new Error('enough'));
    assert.equal(a.done(), false);
    assert.equal(abortListeners(controller.signal), 0);
  });

  it('left early: is over, a second loop gets nothing more', async () => {
    const results = asCompleted(['a', 'b', 'c'].map((name) => () => name));
    for await (const value of results) {
      assert.equal(value, 'a');
      break;
    }
    assert.deepEqual(await Array.fromAsync(results), []);
  });

  it('timeout not needed: leaves no timer', async () => {
    const before = process.getActiveResourcesInfo().length;
    const results = asCompleted([async () => 'a'], { timeout: 100_000 });
    assert.deepEqual(await Array.fromAsync(results), ['a']);
    assert.equal(process.getActiveResourcesInfo().length, before);
  });

  it('refuses a future in place of futures', () => {
    const future = new Future<string>();
    assert.throws(() => asCompleted(future as unknown as Future<string>[]), TypeError);
  });
});
