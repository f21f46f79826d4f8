import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, createTask, sleep, timeout } from '../../src/concurrency/index.ts';
import { abortListeners, settle } from './support.ts';

const DAY_MS = 86_400_000;

test('sleep: ends after as many milliseconds as asked for, not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let awake = false;
  const sleeping = sleep(1000).then(() => (awake = true));
  t.mock.timers.tick(999);
  await settle();
  assert.equal(awake, false);
  t.mock.timers.tick(1);
  await sleeping;
});

test('sleep: lasts longer than setTimeout can, and Infinity for ever', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const awake: string[] = [];
  void sleep(60 * DAY_MS).then(() => awake.push('60 days'));
  const endless = createTask(() => sleep(Number.POSITIVE_INFINITY));
  await settle();
  // One step for each timer that it takes: the fake ones count from the end of the step.
  for (const ms of [2 ** 31 - 1, 2 ** 31 - 1, 60 * DAY_MS - 2 * (2 ** 31 - 1) - 1]) {
    t.mock.timers.tick(ms);
  }
  await settle();
  assert.deepEqual(awake, []);
  t.mock.timers.tick(1);
  await settle();
  assert.deepEqual(awake, ['60 days']);
  endless.cancel();
  await assert.rejects(async () => await endless, CancelledError);
});

test('sleep: of 0 or less lets what is ready run first', async () => {
  const order: string[] = [];
  const tasks = ['a', 'b'].map((name) =>
    createTask(async () => {
      for (let turn = 0; turn < 2; turn++) {
        order.push(name);
        await sleep(turn === 0 ? 0 : -5);
      }
    }),
  );
  await Promise.all(tasks);
  assert.deepEqual(order, ['a', 'b', 'a', 'b']);
});

test('sleep: refuses NaN', () => {
  assert.throws(() => sleep(Number.NaN), RangeError);
});

test('sleep, timeout: refuse what is no number, and say what they got', () => {
  const expected = new TypeError('a time in milliseconds must be a number, not undefined');
  const missing = undefined as unknown as number;
  assert.throws(() => sleep(missing), expected);
  assert.throws(() => timeout(missing, async () => 1), expected);
  assert.throws(() => sleep('5' as unknown as number), /not '5'/);
});

test('sleep: cancelled: clears its timer', async () => {
  const before = timers();
  const task = createTask(() => sleep(100_000));
  await settle();
  assert.equal(timers(), before + 1);
  task.cancel();
  assert.equal(timers(), before);
  await assert.rejects(async () => await task, CancelledError);
});

test('sleep: aborted: rejects with the reason, clears its timer, leaves no listener', async () => {
  const before = timers();
  const controller = new AbortController();
  const sleeping = sleep(100_000, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(sleeping, new Error('enough'));
  assert.equal(abortListeners(controller.signal), 0);
  await assert.rejects(sleep(100_000, { signal: controller.signal }), new Error('enough'));
  assert.equal(timers(), before);
});

test('sleep: of 0, cancelled: does not go on', async () => {
  const task = createTask(async () => {
    await sleep(0);
    return 'went on';
  });
  await null;
  task.cancel();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(task.cancelled(), true);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
}
