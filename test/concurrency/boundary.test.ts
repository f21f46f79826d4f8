// Slow: starts processes.
/** Where tasks meet ordinary JavaScript: promises of others, callbacks, servers, the end of the process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  CancelledError,
  createTask,
  Event,
  gather,
  Queue,
  Semaphore,
  shield,
  sleep,
  type Task,
  timeout,
} from '../../src/concurrency/index.ts';
import { forever, settle } from './support.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('./programs/boundary.ts'));

/** Runs the case in a process of its own: the test runner handles rejections that nothing else does. */
async function outcomeOf(name: string): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [PROGRAM, name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number, out: out.trim(), err };
}

test('run: ends as soon as the outer waits have', async () => {
  const { code, out } = await outcomeOf('waits given up');
  assert.deepEqual([code, out], [0, Array(6).fill('TimeoutError').join(' ')]);
});

test('run: a handler of a server made in main is not main, and main cancelled leaves it alone', async () => {
  const { code, out, err } = await outcomeOf('a handler is not main');
  assert.deepEqual([code, out], [0, 'enough\nhandler: undefined'], err);
});

test('run: a timer made in main is not main, which goes on as itself', async () => {
  const { out } = await outcomeOf('a timer is not main');
  assert.match(out, /^timer: undefined\nmain: <Task pending name='main'/);
});

test('run: a task made in a handler is ended with the run', async () => {
  const { code, out } = await outcomeOf('a task of a handler belongs to the run');
  assert.deepEqual([code, out], [0, 'answer\ncleaned']);
});

test('run: is not ended by the cancellation of an async call that nothing awaits', async () => {
  const { code, out, err } = await outcomeOf('an async call that nothing awaits');
  assert.deepEqual([code, out, err], [0, 'CancelledError', '']);
});

test('run: is ended by a rejection of its own, as without run()', async () => {
  const { code, out, err } = await outcomeOf('a rejection of its own');
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /Error: mine/);
});

test('run: reports a task that fails before its first await', async () => {
  const { code, err } = await outcomeOf('a failure before the first await');
  assert.equal(code, 0);
  assert.match(err, /the failure of <Task failed .*> was never retrieved: early/);
});

test('run: a group whose block returns what failed ends in that failure, once', async () => {
  const { code, out, err } = await outcomeOf('a group whose block returns what failed');
  assert.deepEqual([code, out, err], [0, Array(8).fill('Error: child').join('\n'), '']);
});

test('run: timers fire between tasks that hand items to one another', async () => {
  const { out } = await outcomeOf('timers behind tasks that hand items over');
  assert.equal(out, 'in time');
});

test('run: cancelling long chains and many children does not overflow the stack', async () => {
  const { code, out, err } = await outcomeOf('long chains');
  assert.deepEqual([code, out], [0, Array(6).fill('CancelledError').join('\n')], err);
});

const never = () => new Event().wait();
const turn = () => new Promise<void>((done) => setImmediate(done));

/** What the task does before, so that something of it is still pending or listening. */
const before: Record<string, () => unknown> = {
  'a lost Promise.race': () => Promise.race([never(), sleep(0)]),
  'a lost Promise.race, the winner first': () => Promise.race([sleep(0), never()]),
  'a Promise.race lost to a foreign promise': () => Promise.race([never(), turn()]),
  'a Promise.race of async calls': () =>
    Promise.race([(async () => await never())(), (async () => await sleep(0))()]),
  'a Promise.any': () => Promise.any([never(), sleep(0)]),
  'a failed Promise.all': () =>
    Promise.all([never(), Promise.reject(new Error('other'))]).catch(() => {}),
  'a wait that was begun, and is not awaited': () => void new Queue().get(),
  'then on a task': () => void createTask(never).then(() => {}),
  'catch and finally on a task': () =>
    void createTask(never)
      .catch(() => {})
      .finally(() => {}),
  'a permit that nothing awaits': () => void new Semaphore(0).acquire(),
  'a listener on the signal that stays': () =>
    tasks.at(-1)?.signal.addEventListener('abort', () => {}),
  'a race for a task': () => Promise.race([createTask(never), sleep(0)]),
  'a race for a shield': () => Promise.race([shield(never()), sleep(0)]),
};
const tasks: Task<unknown>[] = [];

for (const [name, leaveBehind] of Object.entries(before)) {
  test(`Task.cancel: between two waits, after ${name}: is raised at the next wait`, async () => {
    const trace: string[] = [];
    const gate = Promise.withResolvers<void>();
    const task: Task<unknown> = createTask(async () => {
      await leaveBehind();
      trace.push('waiting for others');
      await gate.promise;
      trace.push('gone on');
      await sleep(0);
      trace.push('not reached');
    });
    tasks.push(task);
    for (let turns = 0; turns < 5; turns++) await settle();
    assert.deepEqual(trace, ['waiting for others']);
    task.cancel('now');
    await settle();
    gate.resolve();
    await assert.rejects(async () => await task, new CancelledError('now'));
    assert.deepEqual(trace, ['waiting for others', 'gone on']);
  });
}

const cleaningUp = async () => {
  try {
    await forever();
  } finally {
    for (let turns = 0; turns < 5; turns++) await turn();
  }
};
const waits: Record<string, () => unknown> = {
  'a wait': () => forever(),
  'an async call': () => (async () => await (async () => await forever())())(),
  'an async call that returns a wait': () => (async () => forever())(),
  'a task': () => createTask(forever),
  'a shield': () => shield(forever()),
  'Promise.all': () => Promise.all([forever(), forever()]),
  'Promise.all with one that is done': () => Promise.all([forever(), sleep(0)]),
  'Promise.race': () => Promise.race([forever(), forever()]),
  'a wait through then': () => forever().then(() => {}),
  'a task that takes its time to clean up': () => createTask(cleaningUp),
  'a gather of such tasks': () => gather([cleaningUp, cleaningUp]),
  'a timeout of such a task': () => timeout(1e6, cleaningUp),
  'such an async call': () => cleaningUp(),
  'Promise.all of such tasks': () => Promise.all([createTask(cleaningUp), createTask(cleaningUp)]),
};

for (const [name, wait] of Object.entries(waits)) {
  test(`Task.cancel: arrived at ${name}: does not come again in the cleanup, which awaits others first`, async () => {
    const trace: unknown[] = [];
    const task = createTask(async () => {
      try {
        await wait();
      } catch (error) {
        trace.push(error);
        await turn();
        await turn();
        await sleep(0);
        trace.push('cleaned');
        throw error;
      }
    });
    await settle();
    task.cancel('now');
    await assert.rejects(async () => await task, new CancelledError('now'));
    assert.deepEqual(trace, [new CancelledError('now'), 'cleaned']);
  });
}
