import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTask } from '../../src/concurrency/index.ts';
import { sleep } from '../../src/concurrency/sleep.ts';
import { DownloadRun } from '../../src/engine/download-run.ts';
import type { PendingRow } from '../../src/engine/preflight.ts';
import { Stop } from '../../src/engine/stop.ts';
import type { Row } from '../../src/model/item.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { batchesOf } from '../../src/source/row-list.ts';
import { settle, warningsDuring } from '../concurrency/support.ts';
import { holdBack } from '../schedule/held-back.ts';
import { indices, outcomesOf, statuses, stepsOf, take } from './outcomes-of.ts';
import { couldNotClose, END, from, Rows } from './sources.ts';
import { hang } from './stage.ts';

const FOREVER = new Promise<never>(() => {});

/** A source that never answers, and counts how often it is closed. */
function stuck(close: () => Promise<IteratorResult<Row>> = () => FOREVER) {
  const note = { closed: 0 };
  const rows = from({
    next: () => FOREVER,
    return() {
      note.closed++;
      return close();
    },
  });
  return { rows, note };
}

test('DownloadRun: stop: the rows in the queue come out at once, though their origin is held', async () => {
  const queue = new AdmissionQueue<PendingRow>({ maxRequests: 1 });
  holdBack(queue, 'http://a', 60_000);
  const stopping = new AbortController();
  const rows = new Rows(3);
  const { taken, end } = take(outcomesOf(rows, { queue, signal: stopping.signal }));
  await settle();
  stopping.abort();
  await end;
  assert.deepEqual(indices(taken), [0, 1, 2]);
  assert.deepEqual(statuses(taken), ['cancelled', 'cancelled', 'cancelled']);
});

test('DownloadRun: stop: a stuck source that cannot be closed is left alone', async () => {
  const stopping = new AbortController();
  const warnings = await warningsDuring(async () => {
    const { end } = take(outcomesOf(from({ next: () => FOREVER }), { signal: stopping.signal }));
    await settle();
    stopping.abort();
    await end;
  });
  assert.deepEqual(warnings, []);
});

for (const [what, rows, steps] of [
  ['stuck source', stuck(couldNotClose).rows, {}],
  [
    'source',
    from({ next: async () => ({ done: false, value: 'http://a/' }), return: couldNotClose }),
    { fetch: hang },
  ],
] as const) {
  test(`DownloadRun: stop: a ${what} that fails to close is warned of, and fails nothing`, async () => {
    const stopping = new AbortController();
    const warnings = await warningsDuring(async () => {
      const { end } = take(outcomesOf(rows, { signal: stopping.signal, ...steps }));
      await settle();
      stopping.abort();
      await end;
    });
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]?.message), /a source failed to close.*could not close/s);
  });
}

for (const late of ['answer', 'end', 'failure']) {
  test(`DownloadRun: stop: a late ${late} of a stuck source changes nothing`, async () => {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Row>>();
    const stopping = new AbortController();
    const outcomes = outcomesOf(from({ next: () => promise }), { signal: stopping.signal });
    const warnings = await warningsDuring(async () => {
      const end = outcomes.next();
      await settle();
      stopping.abort();
      assert.deepEqual(await end, END);
      if (late === 'answer') resolve({ done: false, value: 'http://a/' });
      else if (late === 'end') resolve(END);
      else reject(new Error('too late'));
      await settle();
      assert.deepEqual(await outcomes.next(), END);
    });
    assert.deepEqual(warnings, []);
  });
}

for (const [when, stop] of [
  ['before the run', (stopping: AbortController) => stopping.abort()],
  ['before the first row', () => {}],
] as const) {
  test(`DownloadRun: stop: ${when} nothing is read, and the source is closed`, async () => {
    const rows = new Rows();
    const stopping = new AbortController();
    stop(stopping);
    const first = outcomesOf(rows, { signal: stopping.signal }).next();
    stopping.abort();
    assert.deepEqual(await first, END);
    assert.deepEqual([rows.pulled, rows.closed], [0, 1]);
  });
}

test('DownloadRun: leaving: closes the source once, and waits for its cleanup', async () => {
  const cleanup = Promise.withResolvers<typeof END>();
  let closed = 0;
  const rows = from({
    next: async () => ({ done: false, value: 'http://a/' }),
    return() {
      closed++;
      return cleanup.promise;
    },
  });
  const outcomes = outcomesOf(rows);
  await outcomes.next();
  let hasLeft = false;
  const leaving = outcomes.return().then(() => {
    hasLeft = true;
  });
  await settle();
  assert.deepEqual([closed, hasLeft], [1, false]);
  cleanup.resolve(END);
  await leaving;
  assert.equal(closed, 1);
});

test('DownloadRun: leaving: throws the error of closing the source', async () => {
  const rows = from({
    next: async () => ({ done: false, value: 'http://a/' }),
    return: couldNotClose,
  });
  const outcomes = outcomesOf(rows);
  await outcomes.next();
  await assert.rejects(outcomes.return(), { message: 'could not close' });
});

test('DownloadRun: leaving: a cancellation goes before the error of closing the source, which is a warning', async () => {
  const rows = from({
    next: async () => ({ done: false, value: 'http://a/' }),
    return: couldNotClose,
  });
  const warnings = await warningsDuring(async () => {
    const first = createTask(() => outcomesOf(rows, { fetch: hang }).next());
    await settle();
    first.cancel();
    await assert.rejects(first, { name: 'CancelledError' });
    assert.ok(first.cancelled());
  });
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.message), /could not close/);
});

test('DownloadRun: leaving: a source without return() is just left', async () => {
  const outcomes = outcomesOf(from({ next: async () => ({ done: false, value: 'http://a/' }) }));
  assert.equal((await outcomes.next()).value?.status, 'ok');
  assert.deepEqual(await outcomes.return(), END);
});

test('DownloadRun: leaving: does not wait for a stuck source, and takes nothing more from it', async () => {
  const { promise, resolve } = Promise.withResolvers<IteratorResult<Row>>();
  let closed = 0;
  const rows = from({
    next: () => promise,
    return() {
      closed++;
      return FOREVER;
    },
  });
  const queue = new AdmissionQueue<PendingRow>({ maxRequests: 1 });
  const first = createTask(() => outcomesOf(rows, { queue }).next());
  await settle();
  first.cancel();
  await assert.rejects(first, { name: 'CancelledError' });
  assert.equal(closed, 1);
  resolve({ done: false, value: 'http://a/' });
  await settle();
  assert.deepEqual([queue.hasRoom, queue.take()], [true, undefined]);
});

test('DownloadRun: leaving: interrupts a wait of the source that this library knows', async () => {
  const log: string[] = [];
  async function* rows() {
    try {
      yield 'http://a/0';
      log.push('pause');
      await sleep(Number.POSITIVE_INFINITY);
    } finally {
      log.push('closed');
    }
  }
  const outcomes = outcomesOf(rows());
  await outcomes.next();
  await settle();
  assert.deepEqual(log, ['pause']);
  await outcomes.return();
  assert.deepEqual(log, ['pause', 'closed']);
});

test('DownloadRun: leaving: closes a source whose wait was interrupted, though that made it fail', async () => {
  let closed = 0;
  const rows = from({
    async next() {
      await sleep(Number.POSITIVE_INFINITY);
      return END;
    },
    async return() {
      closed++;
      return END;
    },
  });
  const first = createTask(() => outcomesOf(rows).next());
  await settle();
  first.cancel();
  await assert.rejects(first, { name: 'CancelledError' });
  assert.equal(closed, 1);
});

test('DownloadRun: leaving: the end of a row ends no wait of the source', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  async function* rows() {
    yield 'http://a/0';
    await sleep(1_000);
    yield 'http://a/1';
  }
  const { taken, end } = take(outcomesOf(rows()));
  await settle();
  assert.equal(taken.length, 1);
  t.mock.timers.tick(1_000);
  await end;
  assert.deepEqual(statuses(taken), ['ok', 'ok']);
});

test('DownloadRun: leaving: before the first row nothing is read, and the source is closed', async () => {
  const rows = new Rows();
  using stop = new Stop(new AbortController().signal);
  const run = new DownloadRun(batchesOf(rows), stepsOf({}), stop);
  await run[Symbol.asyncDispose]();
  assert.deepEqual([rows.pulled, rows.closed], [0, 1]);
  assert.equal(await run.next(), undefined);
});
