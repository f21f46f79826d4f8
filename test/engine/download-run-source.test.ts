import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { CancelledError } from '../../src/concurrency/errors.ts';
import { Event } from '../../src/concurrency/event.ts';
import { createTask } from '../../src/concurrency/index.ts';
import { sleep } from '../../src/concurrency/sleep.ts';
import { DownloadRun } from '../../src/engine/download-run.ts';
import type { PendingRow } from '../../src/engine/preflight.ts';
import { Stop } from '../../src/engine/stop.ts';
import type { Row } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { LOOK_AHEAD } from '../../src/schedule/read-ahead.ts';
import { batchesOf } from '../../src/source/row-list.ts';
import { settle, warningsDuring } from '../concurrency/support.ts';
import { holdBack } from '../schedule/held-back.ts';
import { outcomesOf, stepsOf, take } from './outcomes-of.ts';
import { hang, RECEIVED } from './stage.ts';

const END = { done: true, value: undefined } as const;
const FOREVER = new Promise<never>(() => {});
const THERE = { file: { path: 'there', bytes: 1 } };

/** Rows of one origin, of which it notes how many were pulled, and how often they were closed. */
class Rows implements AsyncIterable<string> {
  pulled = 0;
  closed = 0;
  readonly #count: number;

  constructor(count = Number.POSITIVE_INFINITY) {
    this.#count = count;
  }

  *[Symbol.iterator](): Generator<string> {
    try {
      while (this.pulled < this.#count) yield `http://a/${this.pulled++}`;
    } finally {
      this.closed++;
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: async () =>
        this.pulled < this.#count ? { done: false, value: `http://a/${this.pulled++}` } : END,
      return: async () => {
        this.closed++;
        return END;
      },
    };
  }
}

/** A source of an iterator's own making. */
function from(iterator: AsyncIterator<Row>): AsyncIterable<Row> {
  return { [Symbol.asyncIterator]: () => iterator };
}

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

const couldNotClose = () => Promise.reject(new Error('could not close'));

const indices = (outcomes: readonly Outcome[]) => outcomes.map(({ item }) => item.index);
const statuses = (outcomes: readonly Outcome[]) => outcomes.map(({ status }) => status);

for (const kind of ['sync', 'async'] as const) {
  test(`DownloadRun: reads no row of a ${kind} source while there is no room for its request`, async () => {
    const rows = new Rows(3);
    const answers: (() => void)[] = [];
    const fetch = () =>
      new Promise<typeof RECEIVED>((resolve) => answers.push(() => resolve(RECEIVED)));
    const source = kind === 'sync' ? rows[Symbol.iterator]() : rows;
    const { taken, end } = take(outcomesOf(source, { fetch }));
    for (let n = 1; n <= 3; n++) {
      await settle();
      assert.deepEqual([rows.pulled, answers.length, taken.length], [n, n, n - 1]);
      answers[n - 1]?.();
    }
    await end;
  });
}

test('DownloadRun: reads no further ahead than the queue lets it', async () => {
  const queue = new AdmissionQueue<PendingRow>({ maxRequests: 2 });
  const rows = new Rows();
  holdBack(queue, 'http://a', 60_000);
  const outcomes = outcomesOf(rows[Symbol.iterator](), { queue });
  const first = createTask(() => outcomes.next());
  await settle();
  assert.equal(rows.pulled, LOOK_AHEAD);
  first.cancel();
  await assert.rejects(first, { name: 'CancelledError' });
  assert.equal(rows.closed, 1);
});

test('DownloadRun: outcomes that are not taken hold the reader and the workers back', async () => {
  const rows = new Rows();
  let fetched = 0;
  const fetch = async () => {
    fetched++;
    return RECEIVED;
  };
  const outcomes = outcomesOf(rows, { maxRequests: 2, fetch });
  await outcomes.next();
  await settle();
  // 2 requests and the 32 files that may wait to be saved, and the rows that these began.
  const [pulled, before] = [rows.pulled, fetched];
  assert.ok(pulled >= 34 && pulled <= 2 * 34, `${pulled} pulled`);
  await settle();
  assert.deepEqual([rows.pulled, fetched], [pulled, before]);
  for (let n = 0; n < 34; n++) await outcomes.next();
  await settle();
  assert.ok(rows.pulled > pulled && fetched > before);
  await outcomes.return();
});

test('DownloadRun: a row that ends without a request is recorded before it comes out', async () => {
  const recorded: Outcome[] = [];
  const written = Promise.withResolvers<void>();
  const record = (outcome: Outcome) => {
    recorded.push(outcome);
    return written.promise;
  };
  const rows = new Rows(2);
  const { taken, end } = take(outcomesOf(rows, { recall: () => THERE, record }));
  await settle();
  // The next row waits for the record, too.
  assert.deepEqual([recorded.length, rows.pulled, taken.length], [1, 1, 0]);
  written.resolve();
  await end;
  assert.deepEqual(taken, recorded);
  assert.deepEqual(statuses(taken), ['skipped', 'skipped']);
});

test('DownloadRun: an origin has more than its share while the list has no row at hand', async () => {
  const more = new Event();
  async function* rows() {
    for (const n of [0, 1, 2]) yield `http://a/${n}`;
    yield 'http://b/3';
    await more.wait();
  }
  const asked: string[] = [];
  const fetch: typeof hang = (request, ...rest) => {
    asked.push(request.url);
    return hang(request, ...rest);
  };
  const outcomes = outcomesOf(rows(), { maxRequests: 4, fetch });
  const first = createTask(() => outcomes.next());
  await settle();
  // Three of one origin are beyond its share of the four.
  assert.equal(asked.length, 4);
  first.cancel();
  await assert.rejects(first, { name: 'CancelledError' });
});

for (const kind of ['sync', 'async'] as const) {
  test(`DownloadRun: the error of a ${kind} source comes after the outcomes that are ready`, async () => {
    const broken = new Error('line 3');
    let closed = 0;
    const next = (n: number) => {
      if (n === 2) throw broken;
      return { done: false, value: `http://a/${n}` } as const;
    };
    const close = () => {
      closed++;
      return END;
    };
    let n = 0;
    const rows =
      kind === 'sync'
        ? { [Symbol.iterator]: () => ({ next: () => next(n++), return: close }) }
        : from({ next: async () => next(n++), return: async () => close() });
    const taken: Outcome[] = [];
    await assert.rejects(
      async () => {
        for await (const outcome of outcomesOf(rows, { recall: () => THERE })) taken.push(outcome);
      },
      (error) => error === broken,
    );
    assert.deepEqual(indices(taken), [0, 1]);
    // A source that threw is not closed again.
    assert.equal(closed, 0);
  });
}

test('DownloadRun: the rows read before a source throws are downloaded, then its error is thrown once', async () => {
  const broken = new Error('line 4');
  function* rows() {
    for (const n of [0, 1, 2]) yield `http://a/${n}`;
    throw broken;
  }
  const asked: string[] = [];
  const taken: Outcome[] = [];
  const fetch: typeof hang = async ({ url }) => {
    asked.push(url);
    await sleep(1);
    return RECEIVED;
  };
  const outcomes = outcomesOf(rows(), { maxRequests: 1, fetch });
  await assert.rejects(
    async () => {
      for await (const outcome of outcomes) taken.push(outcome);
    },
    (error) => error === broken,
  );
  assert.deepEqual(asked, ['http://a/0', 'http://a/1', 'http://a/2']);
  assert.deepEqual(statuses(taken), ['ok', 'ok', 'ok']);
  assert.deepEqual(await outcomes.next(), END);
});

test('DownloadRun: a stop after its source threw cancels the rows that were read, and the error is thrown', async () => {
  const broken = new Error('line 2');
  function* rows() {
    yield 'http://a/0';
    throw broken;
  }
  const stopping = new AbortController();
  const { taken, end } = take(
    outcomesOf(rows(), { maxRequests: 2, signal: stopping.signal, fetch: hang }),
  );
  await settle();
  stopping.abort();
  await assert.rejects(end, (error) => error === broken);
  assert.deepEqual(statuses(taken), ['cancelled']);
});

test('DownloadRun: a source that has come to its end is not closed', async () => {
  const rows = new Rows(2);
  assert.equal((await Array.fromAsync(outcomesOf(rows))).length, 2);
  assert.equal(rows.closed, 0);
});

test("DownloadRun: a source's own CancelledError breaks the run, rather than lose rows", async () => {
  async function* rows() {
    yield 'http://a/0';
    throw new CancelledError('from within');
  }
  const taken: Outcome[] = [];
  await assert.rejects(
    async () => {
      for await (const outcome of outcomesOf(rows(), { recall: () => THERE })) taken.push(outcome);
    },
    { name: 'CancelledError', message: 'from within' },
  );
  assert.equal(taken.length, 1);
});

for (const [what, fail] of [
  ['recall that throws', (error: Error) => ({ recall: raise(error) })],
  [
    'record that throws, of a row without a request,',
    (error: Error) => ({ recall: () => THERE, record: raise(error) }),
  ],
  ['record that throws', (error: Error) => ({ record: raise(error) })],
  ['record that rejects', (error: Error) => ({ record: async () => raise(error)() })],
] as const) {
  test(`DownloadRun: a ${what} breaks the run, and closes the source`, async () => {
    const broken = new Error('the ledger is gone');
    const rows = new Rows();
    await assert.rejects(
      Array.fromAsync(outcomesOf(rows, fail(broken))),
      (error) => error === broken,
    );
    assert.equal(rows.closed, 1);
  });
}

function raise(error: Error): () => never {
  return () => {
    throw error;
  };
}

test('DownloadRun: of several failures the first is thrown, once, and the others are warned of', async () => {
  const broken = new Error('the ledger is gone');
  const rows = from({
    next: async () => ({ done: false, value: 'http://a/' }),
    return: couldNotClose,
  });
  const warnings = await warningsDuring(async () => {
    const outcomes = outcomesOf(rows, { recall: raise(broken) });
    await assert.rejects(outcomes.next(), (error) => error === broken);
    assert.deepEqual(await outcomes.next(), END);
  });
  assert.equal(warnings.length, 1);
  assert.match(
    String(warnings[0]?.message),
    /one more failure while a run ended.*could not close/s,
  );
});

test('DownloadRun: one failure that several rows have is thrown once, without a warning', async () => {
  const broken = new Error('the ledger is gone');
  const release = new Event();
  const record = async () => {
    await release.wait();
    throw broken;
  };
  const warnings = await warningsDuring(async () => {
    const all = Array.fromAsync(outcomesOf(new Rows(), { maxRequests: 3, record }));
    all.catch(() => {});
    await settle();
    release.set();
    await assert.rejects(all, (error) => error === broken);
  });
  assert.deepEqual(warnings, []);
});

test('DownloadRun: stop: the rows that were read come out cancelled, no more are read, and no listener is left', async () => {
  const queue = new AdmissionQueue<PendingRow>({ maxRequests: 2 });
  const stopping = new AbortController();
  const { signal } = stopping;
  const rows = new Rows();
  const { taken, end } = take(outcomesOf(rows, { queue, signal, fetch: hang }));
  await settle();
  assert.equal(rows.pulled, 2);
  stopping.abort();
  await end;
  assert.deepEqual(statuses(taken), ['cancelled', 'cancelled']);
  assert.deepEqual([rows.pulled, rows.closed], [2, 1]);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

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

test('DownloadRun: stop: ends at once, though the source is stuck, and closes it once', async () => {
  const { rows, note } = stuck();
  const stopping = new AbortController();
  const { taken, end } = take(outcomesOf(rows, { signal: stopping.signal }));
  await settle();
  stopping.abort();
  await end;
  assert.deepEqual([taken.length, note.closed], [0, 1]);
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
