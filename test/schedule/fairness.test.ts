import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { wait } from '../../src/concurrency/wait.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import { settle } from '../concurrency/support.ts';
import { permitOf } from './permit-of.ts';

const HOSTS = 50;
const ROWS_EACH = 20;

/** The first five hosts take requests, and never answer. */
const hangs = (origin: string) => Number(origin.slice('http://h'.length)) < 5;

interface Row {
  readonly origin: string;
}

const interleaved = Array.from({ length: HOSTS * ROWS_EACH }, (_, i) => `http://h${i % HOSTS}`);
const grouped = interleaved.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/**
 * Runs the rows through the queue as a run does. In each turn of the event loop, all requests to hosts
 * that answer are answered.
 * @returns how many rows of those hosts ended, and the most that hung at once
 */
async function run(origins: readonly string[], queue: AdmissionQueue<Row>) {
  let ended = 0;
  let hanging = 0;
  let inFlight: Permit[] = [];
  const reader = createTask(async () => {
    for (const origin of origins) {
      for (let room = queue.room(); room !== undefined; room = queue.room()) await room;
      queue.put({ origin });
    }
    queue.close();
  });
  const worker = createTask(async () => {
    for (let next = await queue.next(); next !== undefined; next = await queue.next()) {
      const permit = permitOf(next);
      if (hangs(next.row.origin)) hanging++;
      else inFlight.push(permit);
    }
  });
  for (let turn = 0; turn < 2_000 && ended < (HOSTS - 5) * ROWS_EACH; turn++) {
    await settle();
    const answered = inFlight;
    inFlight = [];
    for (const permit of answered) permit.release();
    ended += answered.length;
  }
  reader.cancel();
  worker.cancel();
  await wait([reader, worker]);
  return { ended, hanging };
}

test('AdmissionQueue: of 50 hosts 5 hang, and the rows of the other 45 all end', async () => {
  const { ended, hanging } = await run(interleaved, new AdmissionQueue<Row>({ maxRequests: 64 }));
  assert.equal(ended, (HOSTS - 5) * ROWS_EACH);
  assert.ok(hanging <= 5 * ROWS_EACH);
});

test('AdmissionQueue: while others wait, those that hang have no more than their share', async () => {
  const queue = new AdmissionQueue<Row>({ maxRequests: 64 });
  const counts = new Map<string, number>();
  const permits: Permit[] = [];
  const collect = () => {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const { origin } = next.row;
      counts.set(origin, (counts.get(origin) ?? 0) + 1);
      if (!hangs(origin)) permits.push(permitOf(next));
    }
  };
  for (const origin of interleaved) queue.put({ origin });
  collect();
  // After five rounds of answers all hosts still have rows.
  for (let round = 0; round < 5; round++) {
    for (const permit of permits.splice(0)) permit.release();
    collect();
  }
  for (let host = 0; host < 5; host++) {
    assert.ok((counts.get(`http://h${host}`) ?? 0) <= 2, `host ${host}`);
  }
  assert.ok((counts.get('http://h49') ?? 0) >= 5);
});

test('AdmissionQueue: hosts that come first in the list and hang do not stop the others, per host limited', async () => {
  const limit = { current: 4, finished() {} };
  const queue = new AdmissionQueue<Row>({ maxRequests: 64, limitFor: () => limit });
  const { ended, hanging } = await run(grouped, queue);
  assert.equal(ended, (HOSTS - 5) * ROWS_EACH);
  assert.equal(hanging, 5 * 4);
});
