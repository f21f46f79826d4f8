import assert from 'node:assert/strict';
import { test } from 'node:test';
import { download } from '../../../src/download.ts';
import type { DownloadOptions } from '../../../src/download-options.ts';
import { S3Server } from '../../support/s3-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { serveHttp } from '../../support/tiny-server.ts';

test('TarSink: shards in S3, large ones in parts, are there whole and are gone on with', async (t) => {
  await using server = await S3Server.start();
  const directory = await temporaryDirectory(t);
  const large = Buffer.alloc(9 * 1024 * 1024, 'large');
  const { url } = await serveHttp(t, ({ url: path = '' }, response) => {
    response.end(path === '/large' ? large : path);
  });
  const rows = ['/a', '/b', '/large', '/c'].map((path) => url + path);
  const { environment } = server;
  const options: DownloadOptions = {
    ...{ directory, ledger: true, maxRequests: 1, s3: { environment } },
    ...{ sink: 'tar:s3://bucket/shards', shardSize: 2 },
  };
  const run = async () => {
    const outcomes = await Array.fromAsync(download(rows, options));
    outcomes.sort((a, b) => a.item.index - b.item.index);
    return outcomes.map(({ status, reason }) => reason ?? status);
  };
  const tars = () => [...server.objects.keys()].filter((key) => key.endsWith('.tar')).sort();
  const ok = rows.map(() => 'ok');
  const first = 'shards/00000.tar';
  const second = 'shards/00001.tar';

  assert.deepEqual(await run(), ok);
  assert.deepEqual(tars(), [first, second]);
  const shard = server.objects.get(second);
  assert.equal(shard?.contentType, 'application/x-tar');
  assert.equal(shard?.body.includes(large), true);
  assert.match(shard?.etag ?? '', /-2$/);

  server.objects.delete(first);
  assert.deepEqual(await run(), ['ok', 'ok', 'already-there', 'already-there']);
  assert.deepEqual(tars(), [second, 'shards/00002.tar']);

  // Keys that have expired end the run with their own line, and no part stays.
  server.objects.clear();
  server.script = ({ method }) =>
    method === 'PUT' ? { status: 400, code: 'ExpiredToken' } : undefined;
  await assert.rejects(run(), {
    name: 'BrokenRunError',
    message: /^s3:\/\/bucket\/shards: the credentials of the environment have expired/,
  });
  assert.equal(server.uploads.size, 0);
  server.script = () => undefined;
  assert.deepEqual(await run(), ok);
});

test('TarSink: two runs with ledgers of their own replace no shard of each other', async (t) => {
  await using server = await S3Server.start();
  const { environment } = server;
  const { url } = await serveHttp(t, ({ url: path = '' }, response) => {
    response.end(path);
  });
  const run = async (rows: Iterable<string> | AsyncIterable<string>) => {
    const directory = await temporaryDirectory(t);
    const place = { directory, ledger: true, sink: 'tar:S3://bucket/shards', s3: { environment } };
    return await Array.fromAsync(download(rows, place), ({ status, path }) => [status, path]);
  };
  async function* interrupted() {
    yield `${url}/a`;
    // The shard of /a is open by then, and has its number.
    while (!server.objects.has('shards/00000.tar')) {
      const outcomes = await run([`${url}/b`]);
      assert.deepEqual(outcomes, [['ok', 's3://bucket/shards/00000.tar/000000000.bin']]);
    }
    yield `${url}/c`;
  }
  await assert.rejects(run(interrupted()), {
    name: 'BrokenRunError',
    message: /00000\.parquet is there already: another run saves to s3:\/\/bucket\/shards/,
  });
  assert.equal(server.objects.get('shards/00000.tar')?.body.includes('/b'), true);
  assert.equal(server.objects.size, 3);
});
