// Slow: starts PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database } from '../../src/fleet/database.ts';
import { DatabaseAwayError } from '../../src/fleet/database-errors.ts';
import { openDatabase } from '../../src/fleet/open-database.ts';
import { conditionFor, recordsOf, retryConditionFor } from '../../src/fleet/read/records.ts';
import { migrate, requireSchema } from '../../src/fleet/schema.ts';
import { copyRecords } from '../../src/fleet/work/copy-records.ts';
import type { RowRecord } from '../../src/model/row-fields.ts';
import { settle } from '../concurrency/support.ts';
import { openForFile, skip, startPostgres } from '../support/postgres.ts';
import { saying } from '../support/saying.ts';
import { SilentProxy } from '../support/silent-proxy.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { queried } from './fleet-run.ts';

const postgres = openForFile(startPostgres);

test('Database: an error of another kind in a transaction is no error of the database', {
  skip,
}, async () => {
  await using database = await openDatabase(postgres().url);
  // As of a file that is missing, or of a pipe whose reader has gone.
  for (const code of ['ENOENT', 'EPIPE']) {
    const own = Object.assign(new Error('of a file'), { code });
    const failing = database.transaction(() => Promise.reject(own));
    await assert.rejects(failing, (error) => error === own);
  }
  const ended = database.transaction(async (client) => {
    await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
  });
  await assert.rejects(ended, DatabaseAwayError);
});

test('Database: a statement that takes longer than it may leaves no connection behind', {
  skip,
}, async () => {
  await using database = await openDatabase(postgres().url);
  const soon = database.within(50);
  await assert.rejects(soon.query('SELECT pg_sleep(5)'), DatabaseAwayError);
  await assert.rejects(
    soon.transaction((client) => client.query('SELECT pg_sleep(5)')),
    DatabaseAwayError,
  );
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => soon.query('SELECT $1::int', [n])));
  assert.equal(answers.length, 5);
});

test('Database: disposal does not wait for a server that has gone silent', { skip }, async (t) => {
  const directory = await temporaryDirectory(t);
  await using proxy = await SilentProxy.start(postgres().url, directory);
  const database = await openDatabase(proxy.url);
  proxy.isSilent = true;
  const asking = database.query('SELECT 1');
  asking.catch(() => {});
  await settle();
  const began = performance.now();
  const [asked] = await Promise.allSettled([asking, database[Symbol.asyncDispose]()]);
  assert.equal(asked.status, 'rejected');
  assert.ok(performance.now() - began < 5_000);
});

test('Database: a wait for a silent server ends soon after its signal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pool = { on() {} } as unknown as ConstructorParameters<typeof Database>[0];
  const database = new Database(pool, 'here', { connect: () => assert.fail(), cut: () => {} });
  const control = new AbortController();
  const stopped = new Error('stopped');
  const waiting = database.patiently(() => new Promise(() => {}), control.signal);
  control.abort(stopped);
  await settle();
  t.mock.timers.tick(2_000);
  await assert.rejects(waiting, (error) => error === stopped);
  // A server that is there has the time to answer.
  const answered = database.patiently(async () => 'answer', control.signal);
  assert.equal(await answered, 'answer');
});

test('migrate: many processes at once make the tables once; a role without rights is one line', {
  skip,
}, async () => {
  await queried(postgres().url, 'CREATE DATABASE tables');
  await queried(postgres().url, 'CREATE ROLE worker LOGIN');
  const url = postgres().urlOf('tables');
  await using stranger = await openDatabase(url.replace('postgres@', 'worker@'));
  await assert.rejects(requireSchema(stranger), saying(/there is no plan in the database tables/));
  await assert.rejects(migrate(stranger), saying(/gives this role too few rights/));
  await using first = await openDatabase(url);
  await using second = await openDatabase(url);
  await Promise.all([first, second, first, second].map(migrate));
  await first.query('ALTER TABLE flaghoist.records DROP COLUMN saved_at');
  await requireSchema(second);
  await first.query('SELECT saved_at FROM flaghoist.records');
  await first.query('UPDATE flaghoist.version SET number = 1000');
  await assert.rejects(
    migrate(second),
    saying(/are of a newer flaghoist \(version 1000, not \d+\)/),
  );
});

test('recordsOf: has what was copied, by the conditions of a ledger', { skip }, async () => {
  await queried(postgres().url, 'CREATE DATABASE conditions');
  await using database = await openDatabase(postgres().urlOf('conditions'));
  await migrate(database);
  const record = (index: number, more: Partial<RowRecord>): RowRecord => ({
    ...{
      index,
      url: `https://H${index}.example:8443/a?b`,
      status: 'failed',
      bytes: 0,
      attempts: 1,
    },
    ...more,
  });
  const records = [
    record(0, {
      status: 'ok',
      path: 'tab\tnew\nline\\back',
      bytes: 3,
      elapsed: 1.2345,
      insecure: true,
    }),
    record(1, { reason: 'http-5xx', httpStatus: 503, message: 'a\0b \ud800' }),
    record(2, { reason: 'bad-row', url: 'no URL' }),
    record(3, { status: 'not-found', reason: 'http-404', httpStatus: 404 }),
  ];
  await database.transaction((tx) =>
    copyRecords(
      tx,
      records.map((one, id) => ({ id, record: one })),
      { plan: 1, shard: 0 },
    ),
  );
  const found = async (condition: Parameters<typeof recordsOf>[1]) =>
    (await Array.fromAsync(recordsOf(database, condition))).map(({ index }) => index);
  const all = await Array.fromAsync(recordsOf(database, conditionFor(1, undefined)));
  assert.deepEqual(all[0], { ...all[0], ...records[0], elapsed: 1.235 });
  assert.equal(all[1]?.message, 'a\ufffdb \ufffd');
  for (const [where, indexes] of [
    ['status = 503', [1]],
    ['status != ok and not status = 404', [1, 2]],
    ['status in (404, 503)', [1, 3]],
    ["host like 'h_.EXAMPLE:%'", [0, 1, 3]],
    ["host = ''", [2]],
    ['httpStatus >= 400.5 and not attempts > 1', [1, 3]],
    ['not httpStatus < 500', [0, 1, 2]],
    ['insecure = true or path is not null', [0]],
    ["path like '%\\%'", [0]],
  ] as const) {
    assert.deepEqual(await found(conditionFor(1, where)), indexes, where);
  }
  assert.deepEqual(await found(retryConditionFor(1, {})), [1]);
  assert.deepEqual(await found(retryConditionFor(1, { reasons: ['http-404', 'bad-row'] })), [2, 3]);
  assert.deepEqual(await found(retryConditionFor(1, { where: 'index >= 0' })), [1, 2, 3]);
  assert.throws(() => conditionFor(1, 'run = 1'), /no column 'run'/);
});
