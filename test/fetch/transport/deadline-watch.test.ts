import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DeadlineWatch, type Watched } from '../../../src/fetch/transport/deadline-watch.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';

/** Counts how often it expired. */
class Late implements Watched {
  due: number;
  times = 0;
  readonly #onExpire: (() => void) | undefined;

  constructor(due: number, onExpire?: () => void) {
    this.due = due;
    this.#onExpire = onExpire;
  }

  expire(): void {
    this.times++;
    this.due = Number.POSITIVE_INFINITY;
    this.#onExpire?.();
  }
}

function open(t: TestContext, ...deadlines: number[]) {
  const clock = deadlineClock(t);
  const watch = new DeadlineWatch(deadlines, clock.now);
  t.after(() => watch[Symbol.dispose]());
  return { watch, ...clock };
}

test('DeadlineWatch: no deadline expires early, and each within a tenth of a second', (t) => {
  const { watch, elapse } = open(t, 30_000);
  const [soon, later] = [new Late(watch.dueIn(1_050)), new Late(watch.dueIn(5_000))];
  watch.add(soon);
  watch.add(later);
  elapse(1_049);
  assert.equal(soon.times, 0);
  elapse(101);
  assert.deepEqual([soon.times, later.times], [1, 0]);
  elapse(3_851);
  assert.deepEqual([soon.times, later.times], [1, 1]);
});

test('DeadlineWatch: expires within a quarter of the shortest deadline, if that is less', (t) => {
  const { watch, elapse } = open(t, 30_000, 0, 40);
  const late = new Late(watch.dueIn(40));
  watch.add(late);
  elapse(39);
  assert.equal(late.times, 0);
  elapse(11);
  assert.equal(late.times, 1);
});

test('DeadlineWatch: works without any deadline', async (t) => {
  for (const deadlines of [[], [0, 0]]) {
    await t.test(JSON.stringify(deadlines), (t) => {
      const { watch, elapse, now } = open(t, ...deadlines);
      assert.equal(watch.dueIn(0), Number.POSITIVE_INFINITY);
      const [never, kept] = [new Late(watch.dueIn(0)), new Late(now() + 4_000)];
      watch.add(never);
      watch.add(kept);
      elapse(4_100);
      assert.deepEqual([never.times, kept.times], [0, 1]);
    });
  }
});

test('DeadlineWatch: a later deadline postpones the expiry', (t) => {
  const { watch, elapse } = open(t, 1_000);
  const late = new Late(watch.dueIn(1_000));
  watch.add(late);
  for (let i = 0; i < 5; i++) {
    elapse(900);
    late.due = watch.dueIn(1_000);
  }
  assert.equal(late.times, 0);
  elapse(1_100);
  assert.equal(late.times, 1);
});

test('DeadlineWatch: what was deleted does not expire, even when deleted by another one that does', (t) => {
  const { watch, elapse } = open(t, 1_000);
  const second = new Late(watch.dueIn(1_000));
  const first = new Late(watch.dueIn(1_000), () => watch.delete(second));
  const third = new Late(watch.dueIn(1_000));
  for (const each of [first, second, third]) watch.add(each);
  elapse(1_000);
  assert.deepEqual([first.times, second.times, third.times], [1, 0, 1]);
});

test('DeadlineWatch: has a timer only while something is watched', (t) => {
  const { watch, elapse } = open(t, 1_000);
  const looks = t.mock.method(watch, 'now');
  const late = new Late(Number.POSITIVE_INFINITY);
  const looksIn = (ms: number) => {
    const before = looks.mock.callCount();
    elapse(ms);
    return looks.mock.callCount() - before;
  };
  assert.equal(looksIn(500), 0);
  watch.add(late);
  watch.add(new Late(Number.POSITIVE_INFINITY));
  assert.equal(looksIn(500), 5);
  watch.delete(late);
  assert.equal(looksIn(500), 5);
  watch[Symbol.dispose]();
  assert.equal(looksIn(500), 0);
});

test('DeadlineWatch: its timer does not keep the process alive, and ends with the last entry', (t) => {
  using watch = new DeadlineWatch([0]);
  const started = t.mock.method(globalThis, 'setInterval');
  const cleared = t.mock.method(globalThis, 'clearInterval');
  const watched = { due: Number.POSITIVE_INFINITY, expire() {} };
  watch.add(watched);
  watch.add({ ...watched });
  const timer = started.mock.calls[0]?.result as NodeJS.Timeout;
  assert.deepEqual([started.mock.callCount(), timer.hasRef()], [1, false]);
  watch.delete(watched);
  assert.equal(cleared.mock.callCount(), 0);
  watch[Symbol.dispose]();
  assert.equal(cleared.mock.calls[0]?.arguments[0], timer);
});
