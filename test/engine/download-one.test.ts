import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Event } from '../../src/concurrency/event.ts';
import { createTask } from '../../src/concurrency/task.ts';
import { downloadOne, type Steps } from '../../src/engine/download-one.ts';
import type { Fetch } from '../../src/fetch/http-client.ts';
import { DownloadError, HttpStatusError } from '../../src/model/failure.ts';
import type { Item } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Draft } from '../../src/save/sink.ts';
import { Scheduler } from '../../src/schedule/scheduler.ts';

const ITEM: Item = { index: 7, url: 'http://h/br.gif' };

interface Parts {
  fetch?: Fetch;
  open?: (item: Item) => Draft;
  draft?: Partial<Draft>;
}

/** Steps that all go well but for what the test puts in, and what was done in which order. */
function setUp({ fetch, open, draft = {} }: Parts = {}) {
  const log: string[] = [];
  const scheduler = new Scheduler({ maxRequests: 1 });
  const logged: Draft = {
    write: draft.write ?? (() => undefined),
    commit() {
      log.push('commit');
      return draft.commit?.() ?? Promise.resolve('d/br.gif');
    },
    discard() {
      log.push('discard');
      return draft.discard?.() ?? Promise.resolve();
    },
  };
  const steps: Steps = {
    scheduler: {
      async admit(options) {
        const permit = await scheduler.admit(options);
        log.push('admitted');
        const release = () => {
          log.push('released');
          permit.release();
        };
        return { release, [Symbol.dispose]: release };
      },
    },
    fetch(url, body, options) {
      log.push(`fetch ${url}`);
      return fetch?.(url, body, options) ?? Promise.resolve({ httpStatus: 200, bytes: 3 });
    },
    sink: {
      open(item) {
        log.push(`open ${item.index}`);
        return open?.(item) ?? logged;
      },
    },
  };
  const stopping = new AbortController();
  const run = () => downloadOne(ITEM, steps, stopping.signal);
  return { log, scheduler, stopping, run };
}

const CANCELLED: Outcome = { item: ITEM, status: 'cancelled', reason: 'cancelled', bytes: 0 };

function fail(error: unknown): () => never {
  return () => {
    throw error;
  };
}

test('downloadOne: admitted, fetched, let go, saved', async () => {
  const { log, run } = setUp();
  assert.deepEqual(await run(), {
    item: ITEM,
    status: 'ok',
    path: 'd/br.gif',
    bytes: 3,
    httpStatus: 200,
  });
  assert.deepEqual(log, ['open 7', 'admitted', 'fetch http://h/br.gif', 'released', 'commit']);
});

test('downloadOne: the body goes from the request to the draft', async () => {
  const written: Uint8Array[] = [];
  const { run } = setUp({
    draft: { write: (chunk) => void written.push(chunk) },
    async fetch(_, body) {
      body.write(Buffer.from('GIF'));
      return { httpStatus: 200, bytes: 3 };
    },
  });
  await run();
  assert.deepEqual(written, [Buffer.from('GIF')]);
});

test('downloadOne: an item without a place is not asked for', async () => {
  const cause = new TypeError('no name');
  const { log, run } = setUp({ open: fail(cause) });
  const { status, error } = await run();
  assert.deepEqual([status, error?.cause], ['failed', cause]);
  assert.deepEqual(log, ['open 7']);
});

test('downloadOne: a request that fails is let go, and its draft discarded', async () => {
  const cause = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
  const { log, run } = setUp({ fetch: () => Promise.reject(cause) });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason], ['failed', 'connect']);
  assert.ok(error instanceof DownloadError);
  assert.equal(error.cause, cause);
  assert.deepEqual(log.slice(-3), ['fetch http://h/br.gif', 'released', 'discard']);
});

test('downloadOne: a request that throws at once is let go too', async () => {
  const { log, run } = setUp({ fetch: fail(new Error('at once')) });
  assert.equal((await run()).error?.detail, 'at once');
  assert.deepEqual(log.slice(-2), ['released', 'discard']);
});

test('downloadOne: not found', async () => {
  const { run } = setUp({ fetch: () => Promise.reject(new HttpStatusError(404, 'Not Found')) });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason, error], ['not-found', 'http-404', undefined]);
});

test('downloadOne: a body that cannot be saved is discarded', async () => {
  const cause = Object.assign(new Error('full'), { code: 'ENOSPC' });
  const { log, run } = setUp({ draft: { commit: () => Promise.reject(cause) } });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason, error?.cause], ['failed', 'disk-full', cause]);
  assert.deepEqual(log.slice(-2), ['commit', 'discard']);
});

test('downloadOne: what cannot be removed is told besides the first cause', async () => {
  const cause = Object.assign(new Error('full'), { code: 'ENOSPC' });
  const second = new Error('stuck');
  const { run } = setUp({
    draft: { commit: () => Promise.reject(cause), discard: () => Promise.reject(second) },
  });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason], ['failed', 'disk-full']);
  assert.ok(error?.cause instanceof AggregateError);
  assert.deepEqual(error.cause.errors, [cause, second]);
  assert.equal(error.detail, 'full; and what had come of it could not be removed: stuck');
});

test('downloadOne: nothing is thrown, whatever was', async () => {
  for (const thrown of [undefined, null, 'text', 0]) {
    const { run } = setUp({ fetch: () => Promise.reject(thrown) });
    const { status, reason, error } = await run();
    assert.deepEqual([status, reason, error?.cause], ['failed', 'unknown', thrown]);
  }
});

test('downloadOne: stopped while it waits for its turn, it is never asked for', async () => {
  const { log, scheduler, stopping, run } = setUp();
  using _held = await scheduler.admit({});
  const outcome = run();
  stopping.abort();
  assert.deepEqual(await outcome, CANCELLED);
  assert.deepEqual(log, ['open 7', 'discard']);
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});

for (const reason of [undefined, new Error('of its own'), 'SIGINT', null, 0]) {
  test(`downloadOne: stopped during the request for ${reason}, it is cancelled`, async () => {
    const { log, stopping, run } = setUp({
      fetch: (_, __, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    const outcome = run();
    await setImmediate();
    stopping.abort(reason);
    assert.deepEqual(await outcome, CANCELLED);
    assert.deepEqual(log.slice(-2), ['released', 'discard']);
  });
}

test('downloadOne: a failure of its own after the stop stays one', async () => {
  const { stopping, run } = setUp({
    async fetch() {
      stopping.abort();
      throw new HttpStatusError(503);
    },
  });
  assert.equal((await run()).reason, 'http-503');
});

test('downloadOne: a body that has come whole is saved although the run is stopped', async () => {
  const { log, stopping, run } = setUp({
    async fetch() {
      stopping.abort();
      return { httpStatus: 200, bytes: 3 };
    },
  });
  assert.equal((await run()).status, 'ok');
  assert.equal(log.at(-1), 'commit');
});

test('downloadOne: the cancellation of its task ends the wait for its turn', async () => {
  const { log, scheduler, run } = setUp();
  using _held = await scheduler.admit({});
  const task = createTask(run);
  await setImmediate();
  task.cancel();
  assert.deepEqual(await task, CANCELLED);
  assert.deepEqual(log, ['open 7', 'discard']);
});

test('downloadOne: the cancellation of its task ends the request', async () => {
  const { log, run } = setUp({
    async fetch() {
      await new Event().wait();
      return { httpStatus: 200, bytes: 3 };
    },
  });
  const task = createTask(run);
  await setImmediate();
  task.cancel();
  assert.deepEqual(await task, CANCELLED);
  assert.deepEqual(log.slice(-2), ['released', 'discard']);
});
