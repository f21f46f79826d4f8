import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { download } from '../../../src/download.ts';
import type { DownloadOptions } from '../../../src/download-options.ts';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import type { Row } from '../../../src/model/item.ts';
import { rehearse } from '../../../src/rehearsal.ts';
import { S3Server, type S3ServerOptions } from '../../support/s3-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { serveHttp } from '../../support/tiny-server.ts';

const LARGE = Buffer.alloc(9 * 1024 * 1024, 'large');

/** A bucket, a directory with a ledger, and a site whose files have their path as contents. */
async function setUp(t: TestContext, options: S3ServerOptions = {}) {
  const server = await S3Server.start(options);
  t.after(() => server[Symbol.asyncDispose]());
  const directory = await temporaryDirectory(t);
  const requests: string[] = [];
  const answers = new Map<string, (response: ServerResponse) => void>();
  const { url } = await serveHttp(t, ({ url: path = '' }, response) => {
    requests.push(path);
    const answer = answers.get(path) ?? ((to) => to.end(path.startsWith('/large') ? LARGE : path));
    response.setHeader('content-type', 'image/gif');
    response.setHeader('etag', '"1"');
    answer(response);
  });
  const environment = { ...server.environment };
  return {
    ...{ server, directory, answers, requests, url },
    objects: () => [...server.objects.keys()].sort(),
    /** @returns the end of each row in the order of the list */
    async run(paths: readonly (string | Row)[], more: Partial<DownloadOptions> = {}) {
      requests.length = 0;
      server.requests.length = 0;
      const rows = paths.map((path) => (typeof path === 'string' ? url + path : path));
      const options = { directory, ledger: true, tries: 1, s3: { environment }, ...more };
      const sink = 's3://bucket/pre';
      const outcomes = await Array.fromAsync(download(rows, { sink, ...options }));
      outcomes.sort((a, b) => a.item.index - b.item.index);
      return { outcomes, endings: outcomes.map(({ status, reason }) => reason ?? status) };
    },
  };
}

test('ObjectSink: one object for each row, by the names of files', async (t) => {
  const { run, server, objects, directory, url } = await setUp(t);
  const more = { names: '{host}/{path}/{name}', digest: true };
  const { outcomes, endings } = await run(['/a/b.gif', '/large', '/a/b.gif'], more);
  assert.deepEqual(endings, ['ok', 'ok', 'duplicate']);
  const host = new URL(url).host.replace(':', '_');
  assert.deepEqual(objects(), [`pre/${host}/a/b.gif`, `pre/${host}/large`]);
  assert.equal(outcomes[0]?.path, `s3://bucket/pre/${host}/a/b.gif`);
  assert.match(outcomes[0]?.digest ?? '', /^sha256:/);
  assert.equal(server.objects.get(`pre/${host}/a/b.gif`)?.contentType, 'image/gif');
  assert.equal(server.objects.get(`pre/${host}/large`)?.body.equals(LARGE), true);
  assert.deepEqual(await readdir(directory), ['.flaghoist']);
  using reader = new LedgerReader(directory);
  const paths = [...reader.records()].map((record) => record.path);
  assert.deepEqual(paths.sort(), [`${host}/a/b.gif`, `${host}/large`, undefined]);
});

test('ObjectSink: a second run lists the prefix once, and fetches what is gone or was cut', async (t) => {
  const { run, server, requests } = await setUp(t, { pageSize: 2 });
  const paths = ['/a', '/b', '/c', '/d', '/e'];
  await run(paths);
  assert.deepEqual(
    (await run(paths)).endings,
    paths.map(() => 'already-there'),
  );
  const listings = server.log.filter((line) => line.includes('encoding-type'));
  assert.equal(listings.length, 3);
  assert.deepEqual(requests, []);
  server.objects.delete('pre/b');
  const rest = paths.map((path) => (path === '/b' ? 'ok' : 'already-there'));
  assert.deepEqual((await run(paths)).endings, rest);
  assert.deepEqual(requests, ['/b']);
  server.objects.clear();
  const trusting = await run(paths, { trustLedger: true });
  assert.deepEqual(
    trusting.endings,
    paths.map(() => 'already-there'),
  );
  assert.deepEqual(server.log, ['GET /bucket?list-type&max-keys&prefix']);
});

test('ObjectSink: an object that is not the row’s stays, unless it was asked to go', async (t) => {
  for (const conditions of [true, false]) {
    const { run, server, objects } = await setUp(t, { conditions });
    const other = { body: Buffer.from('other'), contentType: undefined, etag: 'x' };
    server.objects.set('pre/a', other);
    const failed = await run(['/a', '/b']);
    assert.deepEqual(failed.endings, ['name-collision', 'ok']);
    assert.match(
      failed.outcomes[0]?.error?.message ?? '',
      /s3:\/\/bucket\/pre\/a is there already/,
    );
    assert.deepEqual((await run(['/a'], { onCollision: 'skip' })).endings, ['name-skipped']);
    assert.equal(server.objects.get('pre/a'), other);
    assert.deepEqual((await run(['/a'], { onCollision: 'rename' })).endings, ['ok']);
    assert.deepEqual(objects(), ['pre/a', 'pre/a-1', 'pre/b']);
    const again = await run(['/a', '/b'], { onCollision: 'overwrite', ledger: false });
    assert.deepEqual(again.endings, ['ok', 'ok']);
    assert.equal(server.objects.get('pre/a')?.body.toString(), '/a');
  }
});

test('ObjectSink: an object that a killed run has stored, and not recorded, is taken', async (t) => {
  const { run, server, directory } = await setUp(t);
  await run(['/a', '/large'], { ledger: false });
  const before = [...server.objects.values()];
  assert.deepEqual((await run(['/a', '/large'])).endings, ['ok', 'ok']);
  assert.deepEqual([...server.objects.values()], before);
  assert.deepEqual(await readdir(join(directory, '.flaghoist', 'parts')), []);
});

test('ObjectSink: an object of another row is not taken, though its contents are the same', async (t) => {
  const { run, answers, objects } = await setUp(t);
  for (const path of ['/1/a', '/2/a']) answers.set(path, (response) => response.end('same'));
  const first = await run(['/1/a', '/2/a']);
  assert.deepEqual(first.endings, ['ok', 'name-collision']);
  const { outcomes } = await run(['/1/a', '/2/a'], { onCollision: 'rename' });
  assert.deepEqual(
    outcomes.map(({ path }) => path),
    ['s3://bucket/pre/a', 's3://bucket/pre/a-1'],
  );
  assert.deepEqual(objects(), ['pre/a', 'pre/a-1']);
});

test('ObjectSink: the row’s own object is replaced by a newer one, but not if it was changed', async (t) => {
  const { run, server, answers } = await setUp(t);
  const newer = (response: ServerResponse) => response.end('newer');
  await run(['/a', '/b']);
  answers.set('/a', newer);
  assert.deepEqual((await run(['/a', '/b'], { newer: true })).endings, ['ok', 'ok']);
  assert.equal(server.objects.get('pre/a')?.body.toString(), 'newer');
  const changed = { body: Buffer.from('changed!'), contentType: undefined, etag: 'x' };
  server.objects.set('pre/a', changed);
  const { endings, outcomes } = await run(['/a', '/b']);
  assert.deepEqual(endings, ['changed-here', 'already-there']);
  assert.equal(outcomes[0]?.path, 's3://bucket/pre/a');
  assert.equal(server.objects.get('pre/a'), changed);
  assert.deepEqual((await run(['/a'], { onCollision: 'rename' })).endings, ['ok']);
  assert.equal(server.objects.get('pre/a-1')?.body.toString(), 'newer');
});

test('ObjectSink: a file that the storage does not take fails, and the next run need not fetch it again', async (t) => {
  const { run, server, answers, requests } = await setUp(t);
  answers.set('/large', (response) => {
    response.setHeader('content-length', LARGE.length);
    response.end(LARGE);
  });
  server.script = ({ method, path }) =>
    method === 'POST' && path.endsWith('large')
      ? { status: 400, code: 'EntityTooLarge' }
      : undefined;
  const { endings, outcomes } = await run(['/a', '/large']);
  assert.deepEqual(endings, ['ok', 'upload-failed']);
  assert.match(
    outcomes[1]?.error?.message ?? '',
    /cannot begin the upload of large: 400 EntityTooLarge/,
  );
  server.script = () => undefined;
  // The last byte is asked for again: the answer says whether the file is still the same.
  const last = LARGE.length - 1;
  answers.set('/large', (response) => {
    response.writeHead(206, { 'content-range': `bytes ${last}-${last}/${LARGE.length}` });
    response.end(LARGE.subarray(last));
  });
  assert.deepEqual((await run(['/a', '/large'])).endings, ['already-there', 'ok']);
  assert.deepEqual(requests, ['/large']);
  assert.equal(server.objects.get('pre/large')?.body.equals(LARGE), true);
});

test('ObjectSink: credentials that expire in the middle end the run, which goes on later', async (t) => {
  const { run, server } = await setUp(t);
  const paths = Array.from({ length: 30 }, (_, n) => `/${n}`);
  server.script = ({ method }) =>
    method === 'PUT' && server.objects.size >= 10
      ? { status: 400, code: 'ExpiredToken' }
      : undefined;
  await assert.rejects(run(paths, { maxRequests: 2 }), {
    name: 'BrokenRunError',
    message:
      's3://bucket/pre: the credentials of the environment have expired; renew them (ExpiredToken); what is done stays done, and the same command goes on',
  });
  server.script = () => undefined;
  const { endings } = await run(paths);
  assert.equal(endings.filter((ending) => ending === 'already-there').length, 10);
  assert.equal(endings.filter((ending) => ending === 'ok').length, 20);
});

test('ObjectSink: a throttled server gets all files, later', async (t) => {
  const { run, server } = await setUp(t);
  let puts = 0;
  server.script = ({ method }) =>
    method === 'PUT' && puts++ % 3 === 0 ? { status: 503, code: 'SlowDown' } : undefined;
  const paths = Array.from({ length: 40 }, (_, n) => `/${n}`);
  const { endings } = await run(paths, { maxRequests: 10 });
  assert.deepEqual(new Set(endings), new Set(['ok']));
  assert.equal(server.objects.size, 40);
});

test('ObjectSink: a prefix that cannot be listed is one line, with a way on', async (t) => {
  const { run, server } = await setUp(t);
  await run(['/a']);
  server.script = ({ method }) =>
    method === 'GET' ? { status: 403, code: 'AccessDenied' } : undefined;
  await assert.rejects(run(['/a', '/b']), {
    name: 'BrokenRunError',
    message:
      's3://bucket/pre: it cannot be seen what earlier runs have saved: cannot list the objects: 403 AccessDenied (about AccessDenied); --trust-ledger goes on without a look',
  });
  assert.deepEqual((await run(['/a', '/b'], { trustLedger: true })).endings, [
    'already-there',
    'ok',
  ]);
});

test('ObjectSink: a row that asks for another name is fetched again', async (t) => {
  const { run, objects } = await setUp(t);
  await run(['/a']);
  assert.deepEqual((await run(['/a'], { names: 'x/{name}' })).endings, ['ok']);
  assert.deepEqual(objects(), ['pre/a', 'pre/x/a']);
});

test('ObjectSink: a dry run names the objects, and asks no server', async (t) => {
  const { run, server, directory, url } = await setUp(t);
  await run(['/a']);
  server.requests.length = 0;
  async function* rows() {
    yield* ['/a', '/b', '/x/b'].map((path) => url + path);
  }
  const options = { directory, ledger: true, sink: 's3://bucket/pre' };
  const rehearsed = async (more: { onCollision?: 'skip' } = {}) =>
    (await Array.fromAsync(rehearse(rows(), { ...options, ...more }))).map(
      ({ does, path, reason }) => `${does} ${path} ${reason}`,
    );
  const first = ['skip a already-there', 'download b undefined'];
  assert.deepEqual(await rehearsed(), [...first, 'fail undefined name-collision']);
  assert.deepEqual(await rehearsed({ onCollision: 'skip' }), [
    ...first,
    'skip undefined name-skipped',
  ]);
  assert.deepEqual(server.requests, []);
});

test('ObjectSink: with dedupe rows with equal contents have one object, and one that is gone is stored again', async (t) => {
  const { run, server, objects, answers, requests } = await setUp(t);
  const more = { names: '{name}', dedupe: true, maxRequests: 1 };
  for (const path of ['/a', '/b', '/c']) answers.set(path, (response) => response.end('same'));
  const { outcomes, endings } = await run(['/a', '/b', '/other'], more);
  assert.deepEqual(endings, ['ok', 'ok', 'ok']);
  assert.deepEqual(objects(), ['pre/a', 'pre/other']);
  assert.deepEqual(
    outcomes.map(({ path, duplicateOf }) => [path, duplicateOf]),
    [
      ['s3://bucket/pre/a', undefined],
      ['s3://bucket/pre/a', 's3://bucket/pre/a'],
      ['s3://bucket/pre/other', undefined],
    ],
  );
  const again = await run(['/a', '/b', '/other', '/c'], more);
  assert.deepEqual(again.endings, ['already-there', 'already-there', 'already-there', 'ok']);
  assert.deepEqual([requests.length, objects().length], [1, 2]);
  server.objects.delete('pre/a');
  const third = await run(['/a', '/b', '/other', '/c'], more);
  assert.deepEqual(third.endings, ['ok', 'ok', 'already-there', 'ok']);
  assert.deepEqual(objects(), ['pre/a', 'pre/other']);
});
