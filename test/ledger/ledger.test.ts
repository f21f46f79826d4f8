// Slow: starts threads.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ledgerPath } from '../../src/ledger/folder.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { LedgerReader } from '../../src/ledger/read/ledger-reader.ts';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  anItem,
  cancelled,
  ok,
  openLedger,
  recordsIn,
  refused,
  runOf,
  skipped,
} from './support.ts';

test('Ledger: records all that is known of a row, its path relative to the directory', async (t) => {
  const directory = await temporaryDirectory(t);
  const item = anItem(7, { name: 'seven.jpg' });
  await runOf(directory, [
    {
      ...ok(item),
      path: join(directory, 'sub', 'seven.jpg'),
      bytes: 1234,
      httpStatus: 206,
      finalUrl: 'https://cdn.example.com/7',
      digest: 'sha256:00',
      etag: '"a"',
      lastModified: 'Wed, 21 Oct 2015 07:28:00 GMT',
      contentType: 'image/gif',
      resolvedAddress: '192.0.2.1',
      attempts: 2,
      queued: 1.23456,
      startedAt: 1_700_000_000_000,
      elapsed: 12.34567,
      timings: { sent: 0.5, firstByte: 8, end: 11.25 },
      savedAt: 1_700_000_000_013,
    },
  ]);
  assert.deepEqual(recordsIn(directory)[0], {
    id: 1,
    occurrence: 1,
    run: 1,
    seen: 1,
    index: 7,
    url: 'https://example.com/files/7.jpg',
    name: 'seven.jpg',
    status: 'ok',
    reason: undefined,
    httpStatus: 206,
    finalUrl: 'https://cdn.example.com/7',
    path: 'sub/seven.jpg',
    bytes: 1234,
    digest: 'sha256:00',
    etag: '"a"',
    lastModified: 'Wed, 21 Oct 2015 07:28:00 GMT',
    contentType: 'image/gif',
    attempts: 2,
    queued: 1.235,
    startedAt: 1_700_000_000_000,
    elapsed: 12.346,
    sent: 0.5,
    firstByte: 8,
    end: 11.25,
    originDown: undefined,
    resolvedAddress: '192.0.2.1',
    insecure: undefined,
    earlierTries: undefined,
    duplicateOf: undefined,
    savedAt: 1_700_000_000_013,
    checksum: undefined,
    key: undefined,
    message: undefined,
    details: undefined,
  });
});

test('Ledger: a row that never got to a server has no more than that', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [cancelled(anItem(0))]);
  const [record] = recordsIn(directory);
  const { httpStatus, finalUrl, path, digest, etag, lastModified, bytes, attempts } = record ?? {};
  const nothing = { httpStatus, finalUrl, path, digest, etag, lastModified };
  for (const [key, value] of Object.entries(nothing)) assert.equal(value, undefined, key);
  assert.deepEqual([bytes, attempts], [0, 1]);
  const { startedAt, queued, elapsed, sent, message, details } = record ?? {};
  for (const [key, value] of Object.entries({ startedAt, queued, elapsed, sent })) {
    assert.equal(value, undefined, key);
  }
  assert.deepEqual([message, details], [undefined, undefined]);
});

test('Ledger: has one record for each row, the last, over several runs', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0)), refused(anItem(1)), cancelled(anItem(2))]);
  await runOf(directory, [skipped(anItem(0)), ok(anItem(1)), refused(anItem(2), 404)]);
  assert.deepEqual(
    recordsIn(directory).map(({ status, reason, run, seen }) => [status, reason, run, seen]),
    [
      ['ok', undefined, 1, 2],
      ['ok', undefined, 2, 2],
      ['not-found', 'http-404', 2, 2],
    ],
  );
});

test('Ledger: tells equal rows apart, in the same way in each run', async (t) => {
  const directory = await temporaryDirectory(t);
  const rows = [0, 1, 2].map((index) => anItem(index, { url: 'https://example.com/same' }));
  await runOf(
    directory,
    rows.map((item) => ok(item)),
  );
  const occurrences = () => recordsIn(directory).map(({ id, occurrence }) => [id, occurrence]);
  const first = occurrences();
  assert.deepEqual(first, [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);

  const ledger = openLedger(t, directory);
  for (const [i, item] of rows.entries()) {
    assert.equal(ledger.take(item)?.path, `${i}.jpg`);
    await ledger.record(skipped(item));
    await ledger.flush();
  }
  await ledger.close('complete');
  assert.deepEqual(occurrences(), first);
});

test('Ledger: says what became of a row before', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0), { etag: '"v1"' })]);
  const ledger = openLedger(t, directory);
  const previous = ledger.take(anItem(0));
  assert.deepEqual(
    [previous?.isDone, previous?.path, previous?.bytes, previous?.etag],
    [true, '0.jpg', 10, '"v1"'],
  );
  assert.equal(ledger.take(anItem(1)), undefined);
  await ledger.close('complete');
});

test('Ledger: owns tells which row a file belongs to', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0)), ok(anItem(1), { path: '0.jpg' }), refused(anItem(2))]);
  await runOf(directory, [ok(anItem(0)), refused(anItem(1))]);
  const ledger = openLedger(t, directory);
  for (const index of [0, 1, 2]) ledger.take(anItem(index));
  const had = [0, 1, 2].map((index) => ledger.hadFile(anItem(index), '0.jpg'));
  assert.deepEqual(had, [true, true, false]);
  const owns = [0, 1, 2].map((index) => ledger.owns(anItem(index), '0.jpg'));
  assert.deepEqual(owns, [true, false, false]);
  assert.equal(ledger.owns(anItem(2), '2.jpg'), undefined);
  // A row that was not taken up has no file.
  assert.equal(ledger.hadFile(anItem(9), '0.jpg'), false);
  assert.equal(ledger.owns(anItem(9), '0.jpg'), false);
  ledger.take(anItem(9));
  assert.equal(ledger.hadFile(anItem(9), '0.jpg'), false);
  await ledger.close('complete');
});

test('Ledger: keeps what it knows of a file when a later try of its row fails', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0), { etag: '"v1"' })]);
  await runOf(directory, [refused(anItem(0))]);
  const [record] = recordsIn(directory);
  assert.deepEqual(
    [record?.status, record?.path, record?.bytes, record?.etag],
    ['failed', '0.jpg', 10, '"v1"'],
  );
});

test('Ledger: keeps no passwords, no headers and no control characters', async (t) => {
  const directory = await temporaryDirectory(t);
  const item = anItem(0, {
    url: 'https://user:secret@example.com/a',
    headers: { Authorization: 'secret' },
    mirrors: ['https://user:secret@mirror.example.com/a'],
    columns: { link: 'https://user:secret@example.com/a' },
  });
  const ledger = Ledger.open(directory, {
    arguments: ['get', '-H', 'Cookie: secret', '--user=me:secret', 'http://me:secret@h/'],
  });
  const failure = refused(item);
  assert.ok(failure.error);
  Object.defineProperty(failure.error, 'cause', {
    value: new Error('\x1b[31mlost https://user:secret@example.com/a\n'),
  });
  await ledger.record(failure);
  await ledger.close('complete');
  const text = JSON.stringify(recordsIn(directory));
  assert.doesNotMatch(text, /secret/);
  assert.match(text, /\\\\x1b\[31mlost https:\/\/example.com\/a\\\\n/);
  using reader = new LedgerReader(directory);
  assert.doesNotMatch(JSON.stringify(reader.lastRun), /secret/);
});

test('Ledger.hold: rows of an object are recorded with it, those of another one never', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = openLedger(t, directory);
  // The first rows are held on the run's own thread, the others on the writer's.
  const rows = Array.from({ length: 500 }, (_, i) => ok(anItem(i)));
  const shardOf = (i: number) => (i % 2 === 0 ? 'a.tar' : 'b.tar');
  for (const [i, outcome] of rows.entries()) {
    ledger.take(outcome.item);
    await ledger.hold(outcome, shardOf(i));
  }
  await ledger.flush();
  assert.deepEqual(recordsIn(directory), []);
  ledger.recordHeld('a.tar');
  await ledger.flush();
  const expected = rows.filter((_, i) => shardOf(i) === 'a.tar').map(({ path }) => path);
  assert.deepEqual(
    recordsIn(directory).map(({ path }) => path),
    expected,
  );
  await ledger.close('broken');
  using reader = new LedgerReader(directory);
  assert.deepEqual(reader.lastRun?.totals?.ok, expected.length);
});

test('Ledger: disposed of without close, the run counts as broken, and has its totals', async (t) => {
  const directory = await temporaryDirectory(t);
  {
    await using ledger = Ledger.open(directory);
    ledger.record(ok(anItem(0)));
  }
  using reader = new LedgerReader(directory);
  const { ending, totals } = reader.lastRun ?? {};
  assert.deepEqual([ending, totals?.ok, reader.count()], ['broken', 1, 1]);
});

test('Ledger.hasBeenTaken: whether a row before has the URL, in this spelling or another', async (t) => {
  const ledger = openLedger(t, await temporaryDirectory(t));
  const url = 'https://example.com/a';
  const first = anItem(0, { url });
  const second = anItem(1, { url });
  const third = anItem(2, { url: 'https://example.com/%61' });
  for (const item of [first, second, third]) ledger.take(item);
  const taken = [first, second, third].map((item) => ledger.hasBeenTaken(item, item.url));
  assert.deepEqual(taken, [false, true, false]);
  assert.equal(ledger.hasBeenTaken(third, url), true);
  assert.equal(ledger.hasBeenTaken(third, 'https://example.com/b'), false);
});

test('Ledger: finds the rows that have a file, by its path and its digest', async (t) => {
  const directory = await temporaryDirectory(t);
  const digest = 'sha256:a';
  const lost = { ...refused(anItem(1)), path: 'lost.jpg', digest: 'sha256:b' };
  await runOf(directory, [ok(anItem(0), { path: 'a/0.jpg', digest }), lost]);
  const ledger = openLedger(t, directory);
  const { url, bytes } = ledger.rowAt(join('a', '0.jpg')) ?? {};
  assert.deepEqual([url, bytes], [anItem(0).url, 10]);
  assert.equal(ledger.withDigest(digest)?.path, 'a/0.jpg');
  assert.deepEqual(
    [ledger.rowAt('lost.jpg'), ledger.withDigest('sha256:b'), ledger.rowAt('x')],
    [undefined, undefined, undefined],
  );
});

test('Ledger: records when the file of a done row was found to have the right contents', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0), { savedAt: 1 }), ok(anItem(1), { savedAt: 1 })]);
  const compared = { ...skipped(anItem(0)), bytes: 10, savedAt: 2 };
  await runOf(directory, [compared, { ...skipped(anItem(1)), bytes: 10 }]);
  assert.deepEqual(
    recordsIn(directory).map(({ status, savedAt }) => [status, savedAt]),
    [
      ['ok', 2],
      ['ok', 1],
    ],
  );
});

test('Ledger: records a new row that was skipped, and leaves one alone that is done', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0))]);
  await runOf(directory, [skipped(anItem(0)), { ...skipped(anItem(1)), reason: 'name-skipped' }]);
  assert.deepEqual(
    recordsIn(directory).map(({ status, reason, run }) => [status, reason, run]),
    [
      ['ok', undefined, 1],
      ['skipped', 'name-skipped', 2],
    ],
  );
});

test('Ledger: leaves nothing but its two databases behind, and neither open', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0))]);
  assert.deepEqual((await readdir(join(directory, '.flaghoist'))).sort(), ['ledger.db', 'lock.db']);
  // Of the two versions of SQLite's format, the one that needs no log (sqlite.org/fileformat2.html).
  const header = await readFile(join(directory, '.flaghoist', 'ledger.db'));
  assert.deepEqual([header[18], header[19]], [1, 1]);
  if (process.platform !== 'linux') return;
  const descriptors = await readdir('/proc/self/fd');
  const open = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  assert.deepEqual(
    open.filter((path) => path.startsWith(directory)),
    [],
  );
});

test('Ledger: can be looked at while a run writes it', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = openLedger(t, directory);
  ledger.record(ok(anItem(0)));
  await ledger.flush();
  using reader = new LedgerReader(directory);
  assert.equal(reader.isInUse, true);
  assert.equal(reader.count(), 1);
  await ledger.close('complete');
  assert.equal(reader.isInUse, false);
});

test('Ledger: asks to pause when the writer falls behind, and ends the pause', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = openLedger(t, directory);
  let pause: Promise<void> | undefined;
  let count = 0;
  while (pause === undefined && count < 100_000) pause = ledger.record(ok(anItem(count++)));
  assert.ok(pause !== undefined && count >= 10_000, `${count}`);
  await pause;
  await ledger.close('complete');
  using reader = new LedgerReader(directory);
  assert.equal(reader.count(), count);
});

test('Ledger: says in one line that it cannot be read any more, and once', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0))]);
  await assert.rejects(
    async () => {
      await using ledger = Ledger.open(directory);
      {
        using database = new DatabaseSync(ledgerPath(directory));
        database.exec('DROP VIEW rows; DROP TABLE places');
      }
      ledger.take(anItem(0));
    },
    isBroken(/^the ledger .*ledger\.db cannot be used: no such table: /),
  );
});

const useless: [what: string, bytes: string, message: RegExp][] = [
  [
    'a file that is no database',
    'x'.repeat(4096),
    /^the ledger .*ledger\.db is no ledger: not a database; move it away/,
  ],
  ['a folder in its place', '', /^the ledger .* is no file: move it away/],
];

for (const [what, bytes, message] of useless) {
  test(`Ledger.open: refuses ${what} in one line`, async (t) => {
    const directory = await temporaryDirectory(t);
    const path = join(directory, '.flaghoist', 'ledger.db');
    await mkdir(join(directory, '.flaghoist'));
    if (bytes === '') await mkdir(path);
    else await writeFile(path, bytes);
    assert.throws(() => Ledger.open(directory), isBroken(message));
    assert.throws(() => new LedgerReader(directory), isBroken(message));
    // The lock is free again: the same error, not another run's.
    assert.throws(() => Ledger.open(directory), isBroken(message));
  });
}

test('Ledger.open: refuses a directory that cannot be written to', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  const directory = await temporaryDirectory(t);
  await chmod(directory, 0o500);
  assert.throws(() => Ledger.open(directory), isBroken(/^cannot create the ledger's folder /));
});

function isBroken(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BrokenRunError, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
}
