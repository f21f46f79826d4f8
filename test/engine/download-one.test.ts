import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';
import { DownloadError, HttpStatusError, TruncatedError } from '../../src/model/failure.ts';
import { ChecksumError } from '../../src/model/file-errors.ts';
import type { Item } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { RowError } from '../../src/model/row-error.ts';
import { SkipError } from '../../src/save/names/name-registry.ts';
import { settle } from '../concurrency/support.ts';
import { ITEM, RECEIVED, SAVED, type Script, Stage } from './stage.ts';

/** One row, of which there is one try unless the script says otherwise. */
function setUp(script: Script = {}, row: Partial<Item> = {}) {
  const stage = new Stage({ tries: 1, ...script });
  const item = { ...ITEM, ...row };
  const run = () => stage.download(item);
  return { item, log: stage.log, requests: stage.requests, run };
}

function fail(error: unknown): () => never {
  return () => {
    throw error;
  };
}

function withCode(code: string): Error {
  return Object.assign(new Error('no'), { code });
}

test('downloadOne: takes a row through all steps in order', async () => {
  const { log, run } = setUp({ recall: () => void log.push('recall') });
  await run();
  assert.deepEqual(log, [
    'recall',
    'admitted',
    'open 7',
    'fetch http://a/br.gif',
    'released',
    'commit',
  ]);
});

test('downloadOne: ends once the outcome is recorded', async () => {
  const recorded = Promise.withResolvers<void>();
  const stage = new Stage({ record: () => recorded.promise });
  let hasEnded = false;
  const outcome = stage.download().then(() => {
    hasEnded = true;
  });
  await settle();
  assert.deepEqual([stage.log.at(-1), hasEnded], ['commit', false]);
  recorded.resolve();
  await outcome;
});

test('downloadOne: an outcome tells what was saved, from where, and when', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  let now = 10_000;
  t.mock.method(performance, 'now', () => now);
  const head = {
    httpStatus: 203,
    url: 'http://cdn/1',
    offset: 0,
    etag: '"1"',
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    contentType: 'image/gif',
    address: '192.0.2.1',
  };
  const saved = { path: 'd/br.gif', bytes: 9, digest: 'sha256:00' };
  const { item, run } = setUp({
    answers: [async () => ({ ...RECEIVED, head })],
    draft: {
      async commit() {
        now += 250;
        return saved;
      },
    },
  });
  assert.deepEqual(await run(), {
    item,
    status: 'ok',
    path: 'd/br.gif',
    bytes: 9,
    digest: 'sha256:00',
    httpStatus: 203,
    finalUrl: 'http://cdn/1',
    resolvedAddress: '192.0.2.1',
    etag: '"1"',
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    contentType: 'image/gif',
    timings: RECEIVED.timings,
    attempts: 1,
    queued: 0,
    savedAt: 1_700_000_000_000,
    startedAt: 1_700_000_000_000,
    elapsed: 250,
  });
});

test('downloadOne: times are counted from the first permit, and the wait for it is a time of its own', async (t) => {
  let now = 10_000;
  t.mock.method(performance, 'now', () => now);
  const mirrors = ['http://b/'];
  const stage = new Stage({
    answers: [
      async () => {
        now += 40;
        throw new HttpStatusError(404);
      },
    ],
  });
  const permit = await stage.admitted();
  const outcome = stage.download({ ...ITEM, mirrors });
  await settle();
  now += 7;
  permit.release();
  const { queued, timings, elapsed } = await outcome;
  assert.deepEqual([queued, elapsed], [7, 40]);
  assert.deepEqual(timings, { sent: 41, firstByte: 42, end: 43 });
});

test('downloadOne: all requests sent count as attempts', async () => {
  const mirrors = ['http://b/', 'http://c/'];
  const refusal = () => new HttpStatusError(404);
  const found = setUp({ answers: [refusal()] }, { mirrors });
  assert.equal((await found.run()).attempts, 2);
  const lost = setUp({ answers: [refusal(), refusal(), refusal()] }, { mirrors });
  const { status, attempts } = await lost.run();
  assert.deepEqual([status, attempts], ['not-found', 3]);
});

test('downloadOne: the body goes from the request to the draft', async () => {
  const came: unknown[] = [];
  const { run } = setUp({
    draft: { begin: (head) => void came.push(head), write: (chunk) => void came.push(chunk) },
    answers: [
      async (_, body) => {
        body.begin(RECEIVED.head);
        body.write(Buffer.from('GIF'));
        return RECEIVED;
      },
    ],
  });
  await run();
  assert.deepEqual(came, [RECEIVED.head, Buffer.from('GIF')]);
});

test('downloadOne: a row with a problem fails with it, without a request', async () => {
  const problem = new RowError({ list: 'l.txt', line: 3, column: 1 }, 'no URL');
  const { log, run } = setUp({ recall: () => void log.push('recall') }, { problem });
  const { status, reason, error, attempts } = await run();
  assert.deepEqual([status, reason, attempts], ['failed', 'bad-row', 0]);
  assert.equal(error?.cause, problem);
  // Like every other: it has its place among the rows that are equal to it.
  assert.deepEqual(log, ['recall']);
});

test('downloadOne: an item whose draft cannot be opened fails without a request', async () => {
  const cause = new TypeError('no name');
  for (const open of [fail(cause), () => Promise.reject(cause)]) {
    const { log, run } = setUp({ open });
    const { status, error, attempts } = await run();
    assert.deepEqual([status, error?.cause, attempts], ['failed', cause, 0]);
    assert.deepEqual(log, ['admitted', 'open 7', 'released']);
  }
});

test('downloadOne: a name that is taken may be a reason to skip the row', async () => {
  const { log, run } = setUp({ open: fail(new SkipError('d/br.gif')) });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason, error], ['skipped', 'name-skipped', undefined]);
  assert.deepEqual(log, ['admitted', 'open 7', 'released']);
});

test('downloadOne: a file that is there from an earlier run is skipped without a request', async () => {
  const file = { ...SAVED, digest: 'sha256:00' };
  const { item, log, run } = setUp({ recall: () => ({ file }) });
  const { queued, startedAt, elapsed, ...outcome } = await run();
  assert.deepEqual(outcome, {
    item,
    status: 'skipped',
    reason: 'already-there',
    path: SAVED.path,
    bytes: SAVED.bytes,
    digest: 'sha256:00',
    attempts: 0,
  });
  assert.deepEqual(log, []);
});

test('downloadOne: a file that is there is skipped when the server has no newer one', async () => {
  const validators = { etag: '"1"', lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT' };
  const { item, log, requests, run } = setUp({
    recall: () => ({ file: SAVED, validators }),
    answers: [new HttpStatusError(304)],
  });
  const { queued, startedAt, elapsed, ...outcome } = await run();
  assert.deepEqual(outcome, {
    item,
    status: 'skipped',
    reason: 'not-modified',
    path: SAVED.path,
    bytes: SAVED.bytes,
    digest: undefined,
    httpStatus: 304,
    ...validators,
    attempts: 1,
  });
  assert.deepEqual(requests[0]?.known, validators);
  assert.equal(log.at(-1), 'discard');
});

test('downloadOne: a file that is there is downloaded when the server has a newer one', async () => {
  const recall = () => ({ file: SAVED, validators: { etag: '"1"' } });
  const { status, reason } = await setUp({ recall }).run();
  assert.deepEqual([status, reason], ['ok', undefined]);
});

test('downloadOne: a 304 that the request did not ask for is a failure', async () => {
  const { requests, run } = setUp({ answers: [new HttpStatusError(304)] });
  const { status, reason } = await run();
  assert.deepEqual([status, reason], ['failed', 'http-304']);
  assert.equal(requests[0]?.known, undefined);
});

test('downloadOne: throws the error of the recall, which is about the run', async () => {
  const broken = new BrokenRunError('the ledger is gone');
  const { log, run } = setUp({ recall: fail(broken) });
  await assert.rejects(run, (error) => error === broken);
  assert.deepEqual(log, []);
});

test('downloadOne: any outcome is recorded before it is returned', async () => {
  for (const answers of [[], [withCode('ECONNRESET')]]) {
    const recorded = Promise.withResolvers<void>();
    const records: Outcome[] = [];
    const record = (outcome: Outcome) => {
      records.push(outcome);
      return recorded.promise;
    };
    const { run } = setUp({ answers, record });
    let given: Outcome | undefined;
    const running = run().then((outcome) => {
      given = outcome;
    });
    await settle();
    assert.deepEqual([records.length, given], [1, undefined]);
    recorded.resolve();
    await running;
    assert.equal(given, records[0]);
  }
});

test('downloadOne: throws the error of recording, which is about the run', async () => {
  const broken = new BrokenRunError('the disk is full');
  const { run } = setUp({ record: fail(broken) });
  await assert.rejects(run, (error) => error === broken);
});

test('downloadOne: a request that fails releases its permit, and its draft is discarded', async () => {
  const cause = withCode('ECONNREFUSED');
  const { log, run } = setUp({ answers: [cause] });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason], ['failed', 'connect']);
  assert.ok(error instanceof DownloadError);
  assert.equal(error.cause, cause);
  assert.deepEqual(log.slice(-2), ['released', 'discard, keep the part']);
});

const PASSING = [withCode('ECONNRESET'), new TruncatedError(9, 8), new HttpStatusError(503)];
for (const cause of PASSING) {
  test(`downloadOne: after ${cause} the part of the file is kept for a later run`, async () => {
    const { log, run } = setUp({ answers: [cause] });
    await run();
    assert.equal(log.at(-1), 'discard, keep the part');
  });
}

const LASTING = [
  new HttpStatusError(404),
  new ChecksumError({ algorithm: 'md5', hex: '00' }, '11'),
  withCode('ENOSPC'),
];
for (const cause of LASTING) {
  test(`downloadOne: after ${cause} the part of the file is dropped`, async () => {
    const { log, run } = setUp({ draft: { commit: fail(cause) } });
    await run();
    assert.equal(log.at(-1), 'discard');
  });
}

test('downloadOne: a request that throws at once releases its permit', async () => {
  const { log, run } = setUp({ answers: [fail(new Error('at once'))] });
  assert.equal((await run()).error?.detail, 'at once');
  assert.deepEqual(log.slice(-2), ['released', 'discard']);
});

test('downloadOne: a 404 is a failure', async () => {
  const { run } = setUp({ answers: [new HttpStatusError(404, 'Not Found')] });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason, error], ['not-found', 'http-404', undefined]);
});

test('downloadOne: a body that cannot be saved is discarded', async () => {
  const cause = withCode('ENOSPC');
  const { log, run } = setUp({ draft: { commit: () => Promise.reject(cause) } });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason, error?.cause], ['failed', 'disk-full', cause]);
  assert.deepEqual(log.slice(-2), ['commit', 'discard']);
});

test('downloadOne: reports an error of discarding beside the first cause', async () => {
  const cause = withCode('ENOSPC');
  const second = new Error('stuck');
  const { run } = setUp({
    draft: { commit: () => Promise.reject(cause), discard: () => Promise.reject(second) },
  });
  const { status, reason, error } = await run();
  assert.deepEqual([status, reason], ['failed', 'disk-full']);
  assert.ok(error?.cause instanceof AggregateError);
  assert.deepEqual(error.cause.errors, [cause, second]);
  assert.equal(
    error.detail,
    'the disk is full; make room and run the same command again; and what had come of it could not be removed: stuck',
  );
});

test('downloadOne: a thrown value that is not an error is a failure of the row', async () => {
  for (const thrown of [undefined, null, 'text', 0]) {
    const { run } = setUp({ answers: [fail(thrown)] });
    const { status, reason, error } = await run();
    assert.deepEqual([status, reason, error?.cause], ['failed', 'unknown', thrown]);
  }
});
