import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CancelledError,
  createTask,
  InvalidStateError,
  run,
  runInExecutor,
  ThreadExecutor,
} from '../../src/concurrency/index.ts';
import { abortListeners, onWarning, settle, warningsDuring } from './support.ts';

const PROBE = import.meta.resolve('./thread-probe.ts');

/** Blocks its thread until the first cell is set, and says in the second that it has begun. */
function block(cells: Int32Array): string {
  Atomics.add(cells, 1, 1);
  Atomics.notify(cells, 1);
  Atomics.wait(cells, 0, 0);
  return 'unblocked';
}

function newCells(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Waits until `count` calls of `block` have begun. */
async function begun(cells: Int32Array, count: number): Promise<void> {
  while (Atomics.load(cells, 1) < count)
    await Atomics.waitAsync(cells, 1, Atomics.load(cells, 1)).value;
}

function unblock(cells: Int32Array): void {
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
}

describe('ThreadExecutor.submit', () => {
  it('runs a function on another thread, with copies of the arguments', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const list = [3, 1, 2];
    const sorted = await executor.submit((items: number[]) => items.sort(), [list]);
    assert.deepEqual(sorted, [1, 2, 3]);
    assert.deepEqual(list, [3, 1, 2]);
    const threadId = await executor.submit(
      async () => (await import('node:worker_threads')).threadId,
      [],
    );
    assert.notEqual(threadId, 0);
  });

  it('runs a function that a module exports', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const sum = await executor.submit<number>({ module: PROBE, name: 'add' }, [1, 2]);
    assert.equal(sum, 3);
    await assert.rejects(
      async () => await executor.submit({ module: PROBE, name: 'nothing' }, []),
      /exports no function named nothing/,
    );
  });

  it('fails as the function does, with the kind of error and its message', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const failing = (): never => {
      throw new RangeError('on the thread');
    };
    await assert.rejects(
      async () => await executor.submit(failing, []),
      new RangeError('on the thread'),
    );
  });

  it('says so when a function uses what is around it', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const around = 1;
    await assert.rejects(
      async () => await executor.submit(() => around, []),
      /around is not defined \(a function sent to a thread cannot use variables around it/,
    );
  });

  it('refuses what cannot be sent: methods, classes, bound and built-in functions', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const holder = { method() {} };
    for (const fn of [
      holder.method,
      block.bind(null),
      Math.max,
      class {} as unknown as () => void,
    ]) {
      assert.throws(() => executor.submit(fn as () => void, []), TypeError);
    }
  });

  it('fails when an argument or the result cannot be sent, and goes on', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const isClone = (error: unknown) =>
      error instanceof DOMException && error.name === 'DataCloneError';
    await assert.rejects(
      async () => await executor.submit((fn: () => void) => fn, [() => {}]),
      isClone,
    );
    await assert.rejects(async () => await executor.submit(() => () => {}, []), isClone);
    assert.equal(await executor.submit(() => 1, []), 1);
  });

  it('does not block the loop, and runs at most maxThreads at a time, in order', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 2 });
    const cells = newCells();
    const jobs = [1, 2, 3].map(() => executor.submit(block, [cells]));
    await begun(cells, 2);
    await settle();
    assert.equal(Atomics.load(cells, 1), 2);
    assert.equal(String(executor), '<ThreadExecutor threads=2 maxThreads=2 waiting=1>');
    unblock(cells);
    assert.deepEqual(await Promise.all(jobs), ['unblocked', 'unblocked', 'unblocked']);
  });

  it('cancelled before the start: the call is never made', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const cells = newCells();
    const running = executor.submit(block, [cells]);
    const waiting = createTask(async () => await executor.submit(block, [cells]));
    await begun(cells, 1);
    waiting.cancel();
    await assert.rejects(async () => await waiting, CancelledError);
    unblock(cells);
    await running;
    assert.equal(await executor.submit((seen: Int32Array) => seen[1], [cells]), 1);
  });

  it('cancelled while it runs: the wait ends, the thread goes on and is used again', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const cells = newCells();
    const running = executor.submit(block, [cells]);
    await begun(cells, 1);
    assert.equal(running.cancel(), true);
    await assert.rejects(async () => await running, CancelledError);
    const next = executor.submit(() => 'next', []);
    unblock(cells);
    assert.equal(await next, 'next');
  });

  it('cancelled while it runs: a failure of the call surfaces as a warning', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const cells = newCells();
    const failing = (shared: Int32Array) => {
      Atomics.add(shared, 1, 1);
      Atomics.notify(shared, 1);
      Atomics.wait(shared, 0, 0);
      throw new Error('too late');
    };
    const running = executor.submit(failing, [cells]);
    await begun(cells, 1);
    running.cancel();
    const warnings = await warningsDuring(async () => {
      unblock(cells);
      await executor.submit(() => 'after it', []);
    });
    assert.match(String(warnings[0]?.message), /failed after its wait was over: too late/);
  });

  it('aborted: fails with the reason, and leaves no listener', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const cells = newCells();
    const running = executor.submit(block, [cells]);
    const waiting = executor.submit(block, [cells], { signal });
    controller.abort(new Error('enough'));
    await assert.rejects(async () => await waiting, new Error('enough'));
    await assert.rejects(
      async () => await executor.submit(block, [cells], { signal }),
      new Error('enough'),
    );
    unblock(cells);
    await running;
    assert.equal(abortListeners(signal), 0);
  });

  it('goes on with another thread after one that ended in the middle of a call', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    await assert.rejects(
      async () => await executor.submit(() => process.exit(3), []),
      /the thread ended with exit code 3/,
    );
    assert.equal(await executor.submit(() => 'another', []), 'another');
  });

  it('warns of a thread that breaks between two calls, and goes on with another', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    const warnings: string[] = [];
    using _listening = onWarning((warning) => warnings.push(warning.message));
    const leavesTrouble = () => {
      setTimeout(() => {
        throw new Error('left behind');
      }, 1);
    };
    await executor.submit(leavesTrouble, []);
    while (warnings.length === 0) await settle();
    assert.deepEqual(warnings, ['a thread broke between two calls: left behind']);
    assert.equal(await executor.submit(() => 'another', []), 'another');
  });

  it('takes a whole maxThreads >= 1 only', () => {
    for (const maxThreads of [0, 1.5, Number.NaN]) {
      assert.throws(() => new ThreadExecutor({ maxThreads }), RangeError);
    }
  });
});

describe('ThreadExecutor.close', () => {
  it('waits for what was submitted, then takes no more', async () => {
    const executor = new ThreadExecutor({ maxThreads: 1 });
    const cells = newCells();
    const jobs = [executor.submit(block, [cells]), executor.submit(() => 'last', [])];
    await begun(cells, 1);
    const closed = executor.close();
    assert.throws(() => executor.submit(() => 1, []), InvalidStateError);
    unblock(cells);
    await closed;
    assert.deepEqual(
      jobs.map((job) => job.result()),
      ['unblocked', 'last'],
    );
  });

  it('ends at once when nothing was ever submitted, and twice', async () => {
    const executor = new ThreadExecutor();
    await executor.close();
    await executor.close();
  });
});

describe('runInExecutor', () => {
  it('uses threads that all share, which the end of run() closes', async () => {
    const workers = () =>
      process.getActiveResourcesInfo().filter((type) => /Worker|MessagePort/.test(type));
    const before = workers().length;
    assert.equal(await run(async () => await runInExecutor((n: number) => n + 1, [1])), 2);
    assert.equal(workers().length, before);
  });

  it('uses the executor given', async () => {
    await using executor = new ThreadExecutor({ maxThreads: 1 });
    assert.equal(await runInExecutor({ module: PROBE, name: 'add' }, [2, 3], { executor }), 5);
    assert.match(String(executor), /threads=1/);
  });
});
