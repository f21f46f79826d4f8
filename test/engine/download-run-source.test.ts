import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError } from '../../src/concurrency/errors.ts';
import { Event } from '../../src/concurrency/event.ts';
import { createTask } from '../../src/concurrency/index.ts';
import { sleep } from '../../src/concurrency/sleep.ts';
import type { PendingRow } from '../../src/engine/preflight.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { LOOK_AHEAD } from '../../src/schedule/read-ahead.ts';
import { settle, warningsDuring } from '../concurrency/support.ts';
import { holdBack } from '../schedule/held-back.ts';
import { indices, outcomesOf, statuses, take } from './outcomes-of.ts';
import { couldNotClose, END, from, Rows } from './sources.ts';
import { hang, RECEIVED } from './stage.ts';

const THERE = { file: { path: 'there', bytes: 1 } };

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
