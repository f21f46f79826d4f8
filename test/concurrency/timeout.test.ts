import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  Condition,
  createTask,
  type Deadline,
  Event,
  Future,
  gather,
  moveOnAfter,
  Queue,
  Semaphore,
  shield,
  sleep,
  type Task,
  TimeoutError,
  timeout,
  timeoutAt,
  waitFor,
} from '../../src/concurrency/index.ts';
import { fakeTime, forever, settle } from './support.ts';

test('timeout: gives the result, or the failure, of what is done in time', async () => {
  assert.equal(await timeout(100_000, async () => 1), 1);
  assert.equal(await timeout(100_000, Promise.resolve(2)), 2);
  await assert.rejects(
    timeout(100_000, () => Promise.reject(new RangeError('own'))),
    new RangeError('own'),
  );
});

test('timeout: leaves no timer when it was not needed', async () => {
  const before = process.getActiveResourcesInfo().length;
  await timeout(100_000, async () => 1);
  assert.equal(process.getActiveResourcesInfo().length, before);
});

test('timeout: cancels what is late and throws TimeoutError, with the cancellation as the cause', async (t) => {
  const pass = fakeTime(t);
  let caught: unknown;
  const late = timeout(50, async () => {
    try {
      await forever();
    } catch (error) {
      caught = error;
      throw error;
    }
  });
  const ended = assert.rejects(late, (error) => {
    assert.ok(error instanceof TimeoutError);
    assert.equal(error.message, 'not done after 50 ms');
    assert.equal(error.cause, caught);
    return true;
  });
  await pass(50);
  await ended;
  assert.ok(caught instanceof CancelledError);
});

test('timeout: ends only when the cleanup of what is late has', async (t) => {
  const pass = fakeTime(t);
  const release = new Event();
  let ended = false;
  const late = timeout(50, async () => {
    try {
      await forever();
    } finally {
      await release.wait();
    }
  }).finally(() => (ended = true));
  const rejected = assert.rejects(late, TimeoutError);
  await pass(50);
  assert.equal(ended, false);
  release.set();
  await rejected;
});

test('timeout: in the turn of the completion: what is done is done', async (t) => {
  const pass = fakeTime(t);
  const future = new Future<string>();
  // The same moment for both; the result comes first, then the time is up.
  setTimeout(() => future.setResult('just in time'), 50);
  const waiting = timeout(50, future);
  await pass(50);
  assert.equal(await waiting, 'just in time');
});

test('timeout: in the turn before the completion: the time is up', async (t) => {
  const pass = fakeTime(t);
  const event = new Event();
  const waiting = assert.rejects(
    timeout(50, () => event.wait()),
    TimeoutError,
  );
  await settle();
  setTimeout(() => event.set(), 50);
  await pass(50);
  await waiting;
});

test('timeout: of 0 or less: a function never starts, a future that is done gives its result', async () => {
  let started = false;
  for (const ms of [0, -1]) {
    await assert.rejects(
      timeout(ms, () => {
        started = true;
      }),
      TimeoutError,
    );
    const done = new Future<number>();
    done.setResult(1);
    assert.equal(await timeout(ms, done), 1);
  }
  assert.equal(started, false);
});

test('timeout: of Infinity: never', async () => {
  assert.equal(await timeout(Number.POSITIVE_INFINITY, async () => 1), 1);
});

test('timeout: lets what refuses the cancellation give its value', async (t) => {
  const pass = fakeTime(t);
  const waiting = timeout(50, async () => {
    await forever().catch(() => {});
    return 'refused';
  });
  await pass(50);
  assert.equal(await waiting, 'refused');
});

test('timeout: throws the failure of a cleanup that fails', async (t) => {
  const pass = fakeTime(t);
  const waiting = timeout(50, async () => {
    try {
      await forever();
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
      throw new RangeError('cleanup');
    }
  });
  const rejected = assert.rejects(waiting, new RangeError('cleanup'));
  await pass(50);
  await rejected;
});

test('timeout: cancels a future, but not one behind a shield', async (t) => {
  const pass = fakeTime(t);
  const [bare, shielded] = [new Future(), new Future()];
  const ends = Promise.all([
    assert.rejects(timeout(50, bare), TimeoutError),
    assert.rejects(timeout(50, shield(shielded)), TimeoutError),
  ]);
  await pass(50);
  await ends;
  assert.deepEqual([bare.cancelled(), shielded.done()], [true, false]);
});

test('timeout: does not take a cancellation of its own making for a timeout', async () => {
  const waiting = timeout(100_000, async () => {
    throw new CancelledError('own');
  });
  await assert.rejects(waiting, new CancelledError('own'));
});

test('timeout: leaves the waiting task neither cancelled nor marked', async (t) => {
  const pass = fakeTime(t);
  const task: Task<number> = createTask(async () => {
    await assert.rejects(timeout(50, forever), TimeoutError);
    await sleep(1);
    return task.cancelling();
  });
  await pass(50);
  await pass(1);
  assert.equal(await task, 0);
});

test('timeout: of 0 or less: what runs already is cancelled, and its cleanup waited for', async () => {
  for (const ms of [0, -1]) {
    const trace: string[] = [];
    const task = createTask(async () => {
      try {
        await forever();
      } finally {
        await sleep(0);
        trace.push('cleaned up');
      }
    });
    await settle();
    await assert.rejects(timeout(ms, task), TimeoutError);
    assert.deepEqual([task.cancelled(), ...trace], [true, 'cleaned up']);
  }
});

test('timeout: of 0, around a shield: gives up the wait, and what is inside goes on', async () => {
  const inner = new Future<string>();
  const shielded = shield(inner);
  await assert.rejects(timeout(0, shielded), TimeoutError);
  assert.deepEqual([shielded.cancelled(), inner.done()], [true, false]);
  inner.setResult('done');
  assert.equal(await timeout(Number.POSITIVE_INFINITY, shield(inner)), 'done');
});

const hour = 3_600_000;

for (const [name, begin] of [
  ['sleep', () => sleep(hour)],
  ['Queue.get', () => new Queue().get()],
  ['Queue.put', () => new Queue({ maxSize: 1 }).put(1).then(() => sleep(hour))],
  ['Semaphore.acquire', () => new Semaphore(0).acquire()],
  ['Event.wait', () => new Event().wait()],
  ['gather', () => gather([sleep(hour), new Event().wait()])],
  ['another timeout', () => timeout(hour, sleep(hour))],
  ['Condition.wait', async () => await (await new Condition().acquire()).wait()],
] as [string, () => Promise<unknown>][]) {
  test(`timeout of a wait: ${name}: leaves no timer behind`, async (t) => {
    const before = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const pass = fakeTime(t);
    const late = timeout(5, begin());
    await pass(5);
    await assert.rejects(late, TimeoutError);
    t.mock.timers.reset();
    const after = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    assert.equal(after, before);
  });
}

test('timeout of a wait: Semaphore.acquire: the permit goes to the next one', async (t) => {
  const pass = fakeTime(t);
  const semaphore = new Semaphore(1);
  const held = await semaphore.acquire();
  const late = timeout(5, semaphore.acquire());
  const next = semaphore.acquire();
  await pass(5);
  await assert.rejects(late, TimeoutError);
  held.release();
  (await next).release();
  assert.deepEqual([semaphore.held, semaphore.waiting], [0, 0]);
});

test('Deadline: reschedule: moves it, to later, to never, and to now', async (t) => {
  const pass = fakeTime(t);
  let deadline: Deadline | undefined;
  const late = timeout(50, (given) => {
    deadline = given;
    return forever();
  });
  await settle();
  deadline?.reschedule(performance.now() + 1_000);
  await pass(100);
  assert.equal(deadline?.expired, false);
  deadline?.reschedule(Number.POSITIVE_INFINITY);
  await pass(10_000);
  assert.equal(late.done(), false);
  deadline?.reschedule(performance.now() - 1);
  assert.equal(deadline?.expired, true);
  await assert.rejects(late, TimeoutError);
  assert.throws(() => deadline?.reschedule(Number.NaN), RangeError);
});

test('Deadline: when: is on the clock of performance.now()', async () => {
  const before = performance.now();
  const when = await timeout(50_000, (deadline) => deadline.when);
  assert.ok(when >= before + 50_000 && when <= performance.now() + 50_000);
});

test('timeoutAt: throws a TimeoutError at that time, at once when it has passed', async (t) => {
  const pass = fakeTime(t);
  const late = timeoutAt(performance.now() + 50, forever);
  await pass(51);
  await assert.rejects(late, new TimeoutError('not done at its deadline'));
  await assert.rejects(timeoutAt(performance.now() - 1, forever), TimeoutError);
  assert.equal(await timeoutAt(Number.POSITIVE_INFINITY, async () => 1), 1);
});

test('moveOnAfter: gives undefined when the time is up, once the cleanup is over', async (t) => {
  const pass = fakeTime(t);
  const trace: string[] = [];
  const late = moveOnAfter(50, async () => {
    try {
      await forever();
    } finally {
      trace.push('cleaned');
    }
  });
  await pass(50);
  assert.equal(await late, undefined);
  assert.deepEqual(trace, ['cleaned']);
  assert.equal(await moveOnAfter(100_000, async () => 1), 1);
});

test('moveOnAfter: cancelled, or failing: throws that', async () => {
  const task = createTask(() => moveOnAfter(100_000, forever));
  await settle();
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  const failing = moveOnAfter(100_000, () => Promise.reject(new Error('own')));
  await assert.rejects(failing, new Error('own'));
});

test('waitFor: is timeout with the arguments of asyncio', async (t) => {
  const pass = fakeTime(t);
  assert.equal(await waitFor(async () => 1, Number.POSITIVE_INFINITY), 1);
  const late = waitFor(forever, 50);
  await pass(50);
  await assert.rejects(late, new TimeoutError('not done after 50 ms'));
});
