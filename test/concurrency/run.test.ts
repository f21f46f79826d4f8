import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  CancelledError,
  createTask,
  currentTask,
  Event,
  InvalidStateError,
  run,
  sleep,
  TimeoutError,
} from '../../src/concurrency/index.ts';
import { Program } from './program.ts';
import { abortListeners, forever, settle, warningsDuring } from './support.ts';

function signalListeners(): number {
  const events = ['SIGINT', 'SIGTERM', 'beforeExit'] as const;
  return events.reduce((sum, event) => sum + process.listenerCount(event), 0);
}

// A signal makes the exit code that of a program which it ended, and so this test file's.
afterEach(() => {
  process.exitCode = undefined;
});

test('run: returns what main returns, and throws what it throws', async () => {
  assert.equal(await run(async () => 42), 42);
  assert.equal(await run(() => 'at once'), 'at once');
  await assert.rejects(
    run(async () => Promise.reject(new RangeError('no'))),
    new RangeError('no'),
  );
});

test('run: runs main as a task, with a name', async () => {
  assert.equal(await run(() => currentTask()?.name), 'main');
  assert.equal(await run(() => currentTask()?.name, { name: 'mine' }), 'mine');
  assert.equal(currentTask(), undefined);
});

test('run: refuses to run inside of a task', async () => {
  await assert.rejects(
    run(() => run(() => 1)),
    InvalidStateError,
  );
});

test('run: cancels the tasks left over, waits for their cleanup and for what that starts', async () => {
  const trace: string[] = [];
  const leftover = (name: string, next?: () => void) =>
    createTask(async () => {
      try {
        await forever();
      } finally {
        await sleep(0);
        trace.push(name);
        next?.();
      }
    });
  await run(async () => {
    leftover('a', () => createTask(() => leftover('grandchild')));
    leftover('b');
    await settle();
    trace.push('main');
  });
  assert.deepEqual(trace.slice(0, 3), ['main', 'a', 'b']);
});

test('run: leaves tasks of other code alone', async () => {
  const other = createTask(forever);
  await run(() => sleep(0));
  assert.equal(other.done(), false);
  other.cancel();
  await assert.rejects(async () => await other, CancelledError);
});

test('run: lets a failure of a task left over surface as a warning', async () => {
  const warnings = await warningsDuring(() =>
    run(async () => {
      createTask(async () => {
        try {
          await forever();
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
          throw new Error('cleanup');
        }
      });
      await sleep(0);
    }),
  );
  assert.match(String(warnings[0]?.message), /the failure of .*cleanup.* was never retrieved/);
});

test('run: aborted: cancels main, waits for its cleanup, throws the reason', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const trace: string[] = [];
  const running = run(
    async () => {
      try {
        await forever();
      } finally {
        await sleep(0);
        trace.push('cleaned');
      }
    },
    { signal },
  );
  await settle();
  controller.abort(new TimeoutError('enough'));
  await assert.rejects(running, new TimeoutError('enough'));
  assert.deepEqual(trace, ['cleaned']);
  assert.equal(abortListeners(signal), 0);
  await assert.rejects(run(forever, { signal }), new TimeoutError('enough'));
});

test('run: main cancelling itself: throws CancelledError', async () => {
  const main = async () => {
    currentTask()?.cancel('own');
    await sleep(0);
  };
  await assert.rejects(run(main), new CancelledError('own'));
});

test('run: leaves no listener on the process', async () => {
  const before = signalListeners();
  const running = run(() => sleep(0));
  assert.equal(signalListeners(), before + 3);
  await running;
  assert.equal(signalListeners(), before);
});

test('run: a signal cancels main with the name of the signal as the cause', async () => {
  const running = run(async () => {
    setImmediate(() => process.kill(process.pid, 'SIGTERM'));
    await forever();
  });
  await assert.rejects(running, (error) => {
    assert.ok(error instanceof CancelledError);
    assert.equal(error.message, 'received SIGTERM');
    assert.equal(error.cause, 'SIGTERM');
    return true;
  });
  assert.equal(process.exitCode, 143);
});

test('run: a signal leaves an exit code that the program has set', async () => {
  process.exitCode = 3;
  const running = run(async () => {
    setImmediate(() => process.kill(process.pid, 'SIGTERM'));
    await forever();
  });
  await assert.rejects(running, CancelledError);
  assert.equal(process.exitCode, 3);
});

test('run: a signal again is the same key press for 200 ms, and then ends the process', async (t) => {
  let now = 1000;
  t.mock.method(performance, 'now', () => now);
  const kill = t.mock.method(process, 'kill', () => true);
  const release = new Event();
  const running = run(async () => {
    try {
      await forever();
    } finally {
      await release.wait();
    }
  });
  await settle();
  const listeners = process.listenerCount('SIGTERM');
  for (const ms of [1000, 1000, 1200]) {
    now = ms;
    process.emit('SIGTERM', 'SIGTERM');
    await settle();
  }
  assert.equal(kill.mock.callCount(), 0);
  now = 1201;
  process.emit('SIGTERM', 'SIGTERM');
  assert.deepEqual(kill.mock.calls[0]?.arguments, [process.pid, 'SIGTERM']);
  assert.equal(process.listenerCount('SIGTERM'), listeners - 1);
  release.set();
  await assert.rejects(running, CancelledError);
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`run, as a process: ${signal}: cleans up main, then what is left over, and ends by itself`, async () => {
    const program = new Program('run-signals', 'passes-on');
    await program.says('ready');
    program.kill(signal);
    assert.deepEqual(await program.ended, [exitCode, null]);
    assert.deepEqual(program.words, [
      'ready',
      'cleaning',
      'cleaned',
      'leftover-cleaned',
      'CancelledError',
      'listeners 0',
    ]);
  });

  test(`run, as a process: ${signal}: not caught, the exit code is ${exitCode} too`, async () => {
    const program = new Program('run-signals', 'throws');
    await program.says('ready');
    program.kill(signal);
    assert.deepEqual(await program.ended, [exitCode, null]);
    assert.match(program.words.join('\n'), /leftover-cleaned\n(.*\n)*.*CancelledError: passed on/);
  });
}

test('run, as a process: SIGINT: the exit code is what the program sets', async () => {
  const program = new Program('run-signals', 'sets-exit-code');
  await program.says('ready');
  program.kill('SIGINT');
  assert.deepEqual(await program.ended, [0, null]);
});

test('run, as a process: SIGINT refused: the result of main counts', async () => {
  const program = new Program('run-signals', 'refuses');
  await program.says('ready');
  program.kill('SIGINT');
  assert.deepEqual(await program.ended, [0, null]);
  assert.deepEqual(program.words.slice(-2), ['refused', 'listeners 0']);
});

test('run, as a process: SIGINT during cleanup: another signal ends it at once', async () => {
  const program = new Program('run-signals', 'hangs');
  await program.says('ready');
  program.kill('SIGINT');
  await program.says('cleaning');
  program.kill('SIGTERM');
  assert.deepEqual(await program.ended, [null, 'SIGTERM']);
  assert.deepEqual(program.words, ['ready', 'cleaning']);
});

test('run, as a process: that nothing can wake any more: says so once, and exits 13', async () => {
  const program = new Program('run-stuck');
  assert.deepEqual(await program.ended, [13, null]);
  assert.equal(timesStuck(program.words), 1);
});

test('run, as a process: that nothing can wake any more, on a thread: says so once, and the thread exits 13', async () => {
  const program = new Program('stuck-thread');
  assert.deepEqual(await program.ended, [0, null]);
  assert.equal(timesStuck(program.words), 1);
  assert.ok(program.words.includes('thread exited with 13'));
});

test('run, as a process: 20 beside each other: Node does not take their listeners for a leak', async () => {
  const program = new Program('many-runs');
  assert.deepEqual(await program.ended, [0, null]);
  assert.deepEqual(program.words, ['20 runs']);
});

function timesStuck(words: readonly string[]): number {
  const stuck = /run\(\) cannot end: nothing .* wake <Task pending name='stuck'/;
  return words.filter((line) => stuck.test(line)).length;
}
