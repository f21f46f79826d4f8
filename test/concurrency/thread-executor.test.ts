// Slow: starts threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  CancelledError,
  createTask,
  InvalidStateError,
  ThreadExecutor,
} from '../../src/concurrency/index.ts';
import { abortListeners, onWarning, settle, warningsDuring } from './support.ts';
import type { add } from './thread-probe.ts';

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

test('ThreadExecutor.submit: runs a function on another thread, with copies of the arguments', async () => {
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

test('ThreadExecutor.submit: runs a function that a module exports', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const sum = await executor.submit<typeof add>({ module: PROBE, name: 'add' }, [1, 2]);
  assert.equal(sum, 3);
  await assert.rejects(
    async () => await executor.submit({ module: PROBE, name: 'nothing' }, []),
    /exports no function named nothing/,
  );
});

test('ThreadExecutor.submit: says so when a function uses what is around it', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const around = 1;
  await assert.rejects(
    async () => await executor.submit(() => around, []),
    /around is not defined \(a function sent to a thread cannot use variables around it/,
  );
});

test('ThreadExecutor.submit: fails as the function does, with code, cause and class', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const failing = async () => {
    const { readFile } = await import('node:fs/promises');
    try {
      await readFile('/does/not/exist');
    } catch (cause) {
      throw new AggregateError([cause], 'nothing to read', { cause });
    }
  };
  const error = await executor.submit(failing, []).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof AggregateError);
  assert.equal(error.message, 'nothing to read');
  assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT');
  assert.equal(error.errors[0], error.cause);
});

test('ThreadExecutor.submit: fails with what the function throws when that is no error', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const failing = () => {
    throw { code: 7 };
  };
  await assert.rejects(
    async () => await executor.submit(failing, []),
    (thrown) => (thrown as { code: number }).code === 7 && !(thrown instanceof Error),
  );
});

test('ThreadExecutor.submit: fails when an argument, the result or what is thrown cannot be sent, and goes on', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const failure = (what: string) => (error: unknown) =>
    error instanceof DOMException &&
    error.name === 'DataCloneError' &&
    error.message.startsWith(`${what} cannot be sent between threads: () => {} could not be`) &&
    (error.cause as Error).name === 'DataCloneError';
  await assert.rejects(
    async () => await executor.submit((_: number, fn: () => void) => fn, [1, () => {}]),
    failure('argument 2'),
  );
  await assert.rejects(
    async () => await executor.submit(() => () => {}, []),
    failure('the result'),
  );
  const throwing = () => {
    throw () => {};
  };
  await assert.rejects(
    async () => await executor.submit(throwing, []),
    failure('what the function threw'),
  );
  assert.equal(await executor.submit(() => 1, []), 1);
});

test('ThreadExecutor.submit: fails when the result is nested too deeply to be sent, and goes on', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const nest = (depth: number) => {
    let list: unknown[] = [];
    for (let n = 0; n < depth; n++) list = [list];
    return list;
  };
  // The first is sent, and fails to be received: a thread's stack is larger than the main one's.
  for (const depth of [10_000, 1_000_000]) {
    await assert.rejects(async () => await executor.submit(nest, [depth]), {
      name: 'DataCloneError',
      message: /^the result cannot be sent between threads: Maximum call stack size exceeded/,
    });
  }
  assert.equal(await executor.submit(() => 1, []), 1);
});

test('ThreadExecutor.submit: moves what is in transfer', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const bytes = new Uint8Array([1, 2, 3]);
  const sum = (list: Uint8Array) => list.reduce((a, b) => a + b);
  const summed = executor.submit(sum, [bytes], { transfer: [bytes.buffer] });
  assert.ok(bytes.buffer.detached);
  assert.equal(await summed, 6);
});

test('ThreadExecutor.submit: moves a port, over which a running call can be talked to', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  const { port1, port2 } = new MessageChannel();
  const progress: number[] = [];
  port1.onmessage = ({ data }) => progress.push(data);
  const count = (port: MessagePort) => {
    for (let percent = 50; percent <= 100; percent += 50) port.postMessage(percent);
    port.close();
  };
  const closed = new Promise((resolve) => port1.addEventListener('close', resolve));
  await executor.submit(count, [port2], { transfer: [port2] });
  await closed;
  assert.deepEqual(progress, [50, 100]);
});

test('ThreadExecutor.submit: does not block the loop, and runs at most maxThreads at a time, in order', async () => {
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

test('ThreadExecutor.submit: cancelled before the start: the call is never made', async () => {
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

test('ThreadExecutor.submit: cancelled while it runs: the wait ends, the thread goes on and is used again', async () => {
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

test('ThreadExecutor.submit: cancelled while it runs: a failure of the call surfaces as a warning', async () => {
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

test('ThreadExecutor.submit: aborted: fails with the reason, and leaves no listener', async () => {
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

test('ThreadExecutor.submit: goes on with another thread after one that ended in the middle of a call', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  await assert.rejects(
    async () => await executor.submit(() => process.exit(3), []),
    /the thread ended with exit code 3/,
  );
  assert.equal(await executor.submit(() => 'another', []), 'another');
});

test('ThreadExecutor.submit: warns of a thread that breaks between two calls, and goes on with another', async () => {
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

test('ThreadExecutor.submit: takes a whole maxThreads >= 1 only', () => {
  for (const maxThreads of [0, 1.5, Number.NaN]) {
    assert.throws(() => new ThreadExecutor({ maxThreads }), RangeError);
  }
});

test('ThreadExecutor.toString: is what console.log shows', () => {
  const executor = new ThreadExecutor({ maxThreads: 3 });
  assert.equal(inspect(executor), '<ThreadExecutor threads=0 maxThreads=3>');
});

test('ThreadExecutor.close: waits for what was submitted, then takes no more', async () => {
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

test('ThreadExecutor.close: ends at once when nothing was ever submitted, and twice', async () => {
  const executor = new ThreadExecutor();
  await executor.close();
  await executor.close();
});
