import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downloadMany } from '../../src/engine/download-many.ts';
import { Stop } from '../../src/engine/stop.ts';
import type { Item } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { Scheduler } from '../../src/schedule/scheduler.ts';
import { Tries } from '../../src/schedule/tries.ts';
import { Turns } from '../../src/schedule/turns.ts';
import { settle } from '../concurrency/support.ts';
import { eagerly } from '../schedule/eagerly.ts';
import { holdBack } from '../schedule/held-back.ts';
import { HeldSink } from '../support/held-sink.ts';
import { lost, RECEIVED } from './stage.ts';

/** More than may wait for another try at a time. */
const ROWS = 20_500;

test('downloadMany: rows that wait for another try, however many, let a host go on that was held', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const pass = async (ms: number) => {
    now += ms;
    t.mock.timers.tick(ms);
    await settle();
  };
  const scheduler = new Scheduler({ maxRequests: 2, now: () => now });
  const { signal } = new AbortController();
  const asked = new Set<string>();
  const steps = {
    scheduler,
    // The one host fails each row once.
    fetch: async ({ url }: { url: string }) => {
      if (url.startsWith('http://down/') && !asked.has(url)) {
        asked.add(url);
        throw lost();
      }
      return RECEIVED;
    },
    sink: new HeldSink(() => false),
    triesOver: (urls: readonly string[]) => {
      const backoff = { base: 10_000, max: 10_000 };
      return new Tries({ tries: 2, backoff, random: () => 0.5 }, urls);
    },
    rowTimeout: Number.POSITIVE_INFINITY,
  };
  const note = { pulled: 0 };
  const items: Item[] = Array.from({ length: ROWS }, (_, index) => ({
    index,
    url: `http://${index < 10 ? 'held' : 'down'}/${index}`,
  }));
  holdBack(scheduler, 'http://held', 1_000);
  using stop = new Stop(signal);
  const outcomes = downloadMany(eagerly(items, note), steps, {
    maxRequests: 2,
    inTurn: (candidates) => new Turns(candidates, scheduler, signal),
    stop,
  });
  const taken: Outcome[] = [];
  const end = (async () => {
    for await (const outcome of outcomes) taken.push(outcome);
  })();
  // Until no more rows are read: all those that may be wait for their next try, or for their host.
  for (let before = -1; before !== note.pulled; ) {
    before = note.pulled;
    await settle();
  }
  assert.ok(note.pulled < ROWS, `${note.pulled} pulled`);
  assert.equal(taken.length, 0);
  await pass(1_000);
  assert.equal(taken.length, 10);
  await pass(4_000);
  await pass(5_000);
  await end;
  assert.equal(taken.length, ROWS);
  assert.ok(taken.every(({ status }) => status === 'ok'));
});
