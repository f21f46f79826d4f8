// Slow: starts PostgreSQL.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '../../src/fleet/open-database.ts';
import { migrate } from '../../src/fleet/schema.ts';
import { selfSigned } from '../support/certificates.ts';
import { type FakeAnswers, FakePostgres } from '../support/fake-postgres.ts';
import { openForFile, skip, startPostgres } from '../support/postgres.ts';
import { saying } from '../support/saying.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { queried } from './fleet-run.ts';

const postgres = openForFile(startPostgres);

test('openDatabase: a server or a socket that is not there is one line, without the password', async () => {
  for (const [url, pattern] of [
    [
      'postgres://u:secret@127.0.0.1:1/x',
      /^the database postgres:\/\/127\.0\.0\.1:1\/x cannot be reached: no server listens there/,
    ],
    [
      'postgres://u:secret@/x?host=/nowhere',
      /^the database x at \/nowhere cannot be reached: there is no such socket/,
    ],
    ['postgres://u:secret@h.invalid/x', /cannot be reached: its host has no address/],
    ['postgres://u:secret@[::1/x', /^--database is no URL of a PostgreSQL database$/],
    [
      'postgres://u:secret@127.0.0.1/x?sslmode=verify-full&sslrootcert=/nowhere.pem',
      /^--database names a certificate or key that cannot be read: .*: \/nowhere\.pem$/,
    ],
  ] as const) {
    await assert.rejects(openDatabase(url), saying(pattern), url);
  }
});

const REFUSAL = 'no pg_hba.conf entry for host "127.0.0.1", no encryption';

for (const [what, answers, query, pattern] of [
  [
    'too old',
    { version: ['9.6.24', '90624'] },
    '',
    /^the database postgres:\/\/127\.0\.0\.1:\d+\/fleet is PostgreSQL 9\.6\.24; version 13 or later is needed$/,
  ],
  ['silent after the login', {}, '', /cannot be reached: it does not answer/],
  ['for TLS alone', { refusal: ['28000', REFUSAL] }, '', /and try \?sslmode=verify-full$/],
  ['without TLS', {}, '?sslmode=require', /has no TLS; leave sslmode out of --database/],
] satisfies [string, FakeAnswers, string, RegExp][]) {
  test(`openDatabase: says of a server that it is ${what}`, async () => {
    await using server = await FakePostgres.start(answers);
    const opening = openDatabase(server.url + query, { deadline: 200 });
    await assert.rejects(opening, saying(pattern));
  });
}

test('openDatabase: checks the certificate, without a word of node-postgres about sslmode', async (t) => {
  const warn = t.mock.method(process, 'emitWarning', () => {});
  const tls = await selfSigned();
  await using server = await FakePostgres.start({ tls, version: ['16.1', '160001'] });
  for (const mode of ['require', 'prefer', 'verify-ca', 'verify-full']) {
    const opening = openDatabase(`${server.url}?sslmode=${mode}`, { deadline: 5_000 });
    const line =
      /has a certificate of an authority that is not known; name that with sslrootcert=FILE/;
    await assert.rejects(opening, saying(line), mode);
  }
  await using _ = await openDatabase(`${server.url}?sslmode=no-verify`);
  assert.equal(warn.mock.callCount(), 0);
});

/** A URL of a database at a server of another kind. */
async function urlAt(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `postgres://u:secret@127.0.0.1:${(server.address() as AddressInfo).port}/x`;
}

test('openDatabase: a server that is no PostgreSQL, and one that says nothing, are one line', async (t) => {
  const http = createHttpServer((_request, response) => response.end('hello'));
  await assert.rejects(
    openDatabase(await urlAt(t, http)),
    saying(/ends the connection without a word; see whether PostgreSQL is what listens there$/),
  );
  const silent = createServer((socket) => void socket.resume().on('error', () => {}));
  await assert.rejects(
    openDatabase(await urlAt(t, silent), { deadline: 100 }),
    saying(/cannot be reached: it does not answer; look after the network, and whether PostgreSQL/),
  );
});

test('openDatabase: says what is wrong with the database, the user or the password', {
  skip,
}, async (t) => {
  const { url, urlOf } = postgres();
  const rules = [
    'local all lodger scram-sha-256',
    'local all banned reject',
    'local all all trust',
  ];
  await allowOnly(url, rules);
  await queried(url, `CREATE ROLE lodger LOGIN PASSWORD 'right'`);
  await queried(url, 'CREATE ROLE banned LOGIN');
  const as = (user: string, name = 'postgres') => urlOf(name).replace('postgres@', `${user}@`);
  for (const [given, pattern] of [
    [as('lodger:secret'), /refuses the password; give it by PGPASSWORD or in ~\/\.pgpass$/],
    [as('lodger'), /asks for a password; give it by PGPASSWORD or in ~\/\.pgpass$/],
    [as('banned:secret'), /refuses this user; see its pg_hba\.conf/],
    [as('stranger:secret'), /refuses this user; see its pg_hba\.conf/],
    [as('postgres:secret', 'missing'), /missing at .* does not exist; make it: createdb/],
  ] as const) {
    await assert.rejects(openDatabase(given), saying(pattern), given);
  }
  process.env.PGPASSFILE = join(await temporaryDirectory(t), 'pgpass');
  t.after(() => delete process.env.PGPASSFILE);
  await writeFile(process.env.PGPASSFILE, '*:*:postgres:lodger:right', { mode: 0o600 });
  const warn = t.mock.method(process, 'emitWarning', () => {});
  await using lodger = await openDatabase(as('lodger'));
  await lodger.transaction((client) => client.query('SELECT 1'));
  assert.equal(warn.mock.callCount(), 0);
  await assert.rejects(migrate(lodger), saying(/gives this role too few rights; docs\/fleet\.md/));
});

/** Replaces pg_hba.conf, and waits until it holds for new connections. */
async function allowOnly(url: string, rules: readonly string[]): Promise<void> {
  const [before] = await queried<{ file: string; loaded: string }>(
    url,
    `SELECT current_setting('hba_file') AS file, pg_conf_load_time()::text AS loaded`,
  );
  assert.ok(before !== undefined);
  const lines = rules.map((rule) => `('${rule}')`).join(', ');
  await queried(url, `COPY (SELECT * FROM (VALUES ${lines}) AS t) TO '${before.file}'`);
  await queried(url, 'SELECT pg_reload_conf()');
  const isOld = `SELECT 1 FROM pg_conf_load_time() AS now WHERE now <= $1::timestamptz`;
  while ((await queried(url, isOld, [before.loaded])).length > 0);
}
