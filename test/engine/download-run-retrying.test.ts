import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PendingRow } from '../../src/engine/preflight.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { Tries } from '../../src/schedule/tries.ts';
import { settle } from '../concurrency/support.ts';
import { holdBack } from '../schedule/held-back.ts';
import { outcomesOf, take } from './outcomes-of.ts';
import { lost, RECEIVED } from './stage.ts';

/** The rows that may wait for another try in these tests. */
const MOST_WAITING = 500;

/** More than may wait. */
const ROWS = 1_000;

/** Files, at most, that wait to be saved while requests are made. */
const SAVES_BEHIND = 32;

/** Counts the workers that wait for a row. */
class CountingQueue extends AdmissionQueue<PendingRow> {
  idle = 0;

  override async next(): ReturnType<AdmissionQueue<PendingRow>['next']> {
    this.idle++;
    try {
      return await super.next();
    } finally {
      this.idle--;
    }
  }
}

/** A run by a clock of the test, whose host `down` fails each row once, which is tried again after 5 s. */
function setUp(t: TestContext, maxRequests: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const queue = new CountingQueue({ maxRequests, now: () => now });
  const asked = new Set<string>();
  const steps = {
    queue,
    mostWaiting: MOST_WAITING,
    fetch: async ({ url }: { url: string }) => {
      if (url.startsWith('http://down/') && !asked.has(url)) {
        asked.add(url);
        throw lost();
      }
      return RECEIVED;
    },
    triesOver: (urls: readonly string[]) => {
      const backoff = { base: 10_000, max: 10_000 };
      return new Tries({ tries: 2, backoff, random: () => 0.5 }, urls);
    },
  };
  return {
    queue,
    steps,
    asked,
    async pass(ms: number) {
      now += ms;
      t.mock.timers.tick(ms);
      await settle();
    },
  };
}

test('DownloadRun: rows that wait for another try hold the reader back, and a host that was held goes on', async (t) => {
  const { queue, steps, pass } = setUp(t, 2);
  let pulled = 0;
  function* rows() {
    for (; pulled < ROWS; pulled++) yield `http://${pulled < 10 ? 'held' : 'down'}/${pulled}`;
  }
  holdBack(queue, 'http://held', 1_000);
  const { taken, end } = take(outcomesOf(rows(), steps));
  // Until no more rows are read: those that were wait for their next try, or for their host.
  for (let before = -1; before !== pulled; ) {
    before = pulled;
    await settle();
  }
  assert.ok(pulled > MOST_WAITING && pulled < ROWS - 1, `${pulled} pulled`);
  assert.equal(taken.length, 0);
  await pass(1_000);
  while (taken.length < 10) await settle();
  assert.equal(taken.length, 10);
  // So many rows take more than one turn of the event loop to get to their next wait.
  const ended = end.then(() => true);
  while (!(await Promise.race([ended, pass(1_000)])));
  assert.equal(taken.length, ROWS);
  assert.ok(taken.every(({ status }) => status === 'ok'));
});

test('DownloadRun: workers that are not needed end', async (t) => {
  const { queue, steps, asked, pass } = setUp(t, 1);
  const { promise: more, resolve } = Promise.withResolvers<void>();
  async function* rows() {
    for (let n = 0; n < 200; n++) yield `http://down/${n}`;
    await more;
  }
  const { taken, end } = take(outcomesOf(rows(), steps));
  while (asked.size < 200) await settle();
  // Each row has a worker that waits with it, and one waits for the next row.
  assert.equal(queue.idle, 1);
  await pass(5_000);
  await settle();
  assert.equal(taken.length, 200);
  assert.ok(queue.idle >= 1 && queue.idle <= 1 + SAVES_BEHIND + 1, `${queue.idle} idle`);
  resolve();
  await end;
  assert.equal(queue.idle, 0);
});
