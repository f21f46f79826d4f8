import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Permit } from '../../src/schedule/permit.ts';
import { Scheduler } from '../../src/schedule/scheduler.ts';
import { Turns } from '../../src/schedule/turns.ts';
import { settle } from '../concurrency/support.ts';
import { eagerly } from './eagerly.ts';

const HOSTS = 50;
const ROWS_EACH = 20;
const NEVER = new AbortController().signal;

/** The first five hosts take requests, and never answer. */
const hangs = (origin: string) => Number(origin.slice('http://h'.length)) < 5;

interface Row {
  readonly origin: string;
}

const interleaved = Array.from({ length: HOSTS * ROWS_EACH }, (_, i) => `http://h${i % HOSTS}`);
const grouped = interleaved.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/**
 * Runs the rows through `maxRequests` at a time; each turn of the loop all requests to hosts that
 * answer are answered. @returns how many rows of those hosts ended, and the most that hung at once
 */
async function run(origins: readonly string[], scheduler: Scheduler) {
  const rows: Row[] = origins.map((origin) => ({ origin }));
  const turns = new Turns(eagerly(rows), scheduler, NEVER);
  let ended = 0;
  let hanging = 0;
  let inFlight: Permit[] = [];
  const puller = (async () => {
    for (let turn = await turns.next(); !turn.done; turn = await turns.next()) {
      const { row, permit } = turn.value;
      if (permit === undefined) throw new Error('a turn without a permit');
      if (hangs(row.origin)) hanging++;
      else inFlight.push(permit);
    }
  })();
  for (let turn = 0; turn < 2_000 && ended < (HOSTS - 5) * ROWS_EACH; turn++) {
    await settle();
    const answered = inFlight;
    inFlight = [];
    for (const permit of answered) permit.release();
    ended += answered.length;
  }
  await Promise.all([turns.return(), settle()]);
  puller.catch(() => {});
  return { ended, hanging };
}

test('Scheduler: of 50 hosts 5 hang, and the rows of the other 45 all end', async () => {
  const { ended, hanging } = await run(interleaved, new Scheduler({ maxRequests: 64 }));
  assert.equal(ended, (HOSTS - 5) * ROWS_EACH);
  // Until nobody else is left they have no more than their share of the 64.
  assert.ok(hanging <= 5 * ROWS_EACH);
});

test('Scheduler: while others wait, those that hang have no more than their share', async () => {
  const scheduler = new Scheduler({ maxRequests: 64 });
  const counts = new Map<string, number>();
  const permits: Permit[] = [];
  for (const origin of interleaved) {
    scheduler.request(origin, (permit) => {
      if (permit instanceof Error) throw permit;
      counts.set(origin, (counts.get(origin) ?? 0) + 1);
      if (!hangs(origin)) permits.push(permit);
    });
  }
  // Ten rounds in which every host that answers has answered: all of them still have rows.
  for (let round = 0; round < 5; round++) for (const permit of permits.splice(0)) permit.release();
  for (let host = 0; host < 5; host++) {
    assert.ok((counts.get(`http://h${host}`) ?? 0) <= 2, `host ${host}`);
  }
  assert.ok((counts.get('http://h49') ?? 0) >= 5);
});

test('Scheduler: hosts that come first in the list and hang do not stop the others, per host limited', async () => {
  const limit = { current: 4, finished() {} };
  const scheduler = new Scheduler({ maxRequests: 64, limitFor: () => limit });
  const { ended, hanging } = await run(grouped, scheduler);
  assert.equal(ended, (HOSTS - 5) * ROWS_EACH);
  assert.equal(hanging, 5 * 4);
});
