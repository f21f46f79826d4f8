import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { get, outcomesIn, serveSite } from './get-support.ts';
import { runFlaghoist } from './run-flaghoist.ts';

const TAR = Buffer.alloc(100_000, 'a file in an archive\n');
const ARCHIVE = gzipSync(TAR);

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

suite('get-encodings', { concurrency: 2 }, () => {
  test('get: files compressed by name, type or redirect are saved as they are sent', async (t) => {
    const site = await serveSite(t, (path, response) => {
      if (path === '/latest') {
        response.writeHead(302, { location: '/v2/app.tgz' }).end();
        return;
      }
      const type = path === '/typed' ? 'application/x-gzip' : 'application/octet-stream';
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': type }).end(ARCHIVE);
    });
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.csv');
    const rows = [
      ['/app.tar.gz', 'a'],
      ['/latest', 'b'],
      ['/typed', 'c'],
      ['/download', 'd.gz'],
      ['/plain', 'e'],
    ].map(([path, name]) => `${site.url}${path},${name}`);
    await writeFile(list, ['url,name', ...rows].join('\n'));
    const files = join(directory, 'files');
    const { code, stderr } = await get('-d', files, '-i', list, '--name-column', 'name');
    assert.equal(code, 0, stderr);
    for (const name of ['a', 'b', 'c', 'd.gz']) {
      assert.ok((await readFile(join(files, name))).equals(ARCHIVE), name);
    }
    assert.ok((await readFile(join(files, 'e'))).equals(TAR));
    const asked = new Map(site.seen.map(({ path, headers }) => [path, headers['accept-encoding']]));
    assert.deepEqual(
      ['/app.tar.gz', '/download', '/plain'].map((path) => asked.get(path)),
      ['identity', 'identity', 'gzip, br, zstd'],
    );
  });

  test('get: a checksum matches the sent or the decoded bytes, and a mismatch names which', async (t) => {
    const site = await serveSite(t, (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(ARCHIVE);
    });
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.csv');
    const rows = [
      ['/sent', sha256(ARCHIVE)],
      ['/decoded', sha256(TAR)],
      ['/neither', sha256(Buffer.from('x'))],
    ].map(([path, checksum]) => `${site.url}${path},${checksum}`);
    await writeFile(list, ['url,checksum', ...rows].join('\n'));
    const files = join(directory, 'files');
    const args = ['--checksum-column', 'checksum', '--tries', '1'];
    const { stdout } = await get('--json', '-d', files, '-i', list, ...args);
    assert.deepEqual(
      outcomesIn(stdout).map(({ status, attempts }) => [status, attempts]),
      [
        ['ok', 2],
        ['ok', 1],
        ['failed', 2],
      ],
    );
    assert.ok((await readFile(join(files, 'sent'))).equals(ARCHIVE));
    assert.ok((await readFile(join(files, 'decoded'))).equals(TAR));
  });

  test('get: bytes ignored after a gzip are noted, also in the report', async (t) => {
    const site = await serveSite(t, (_, response) => {
      const body = Buffer.concat([ARCHIVE, Buffer.from('<!-- garbage -->')]);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    });
    const directory = await temporaryDirectory(t);
    const { code, stdout } = await get('--json', '-d', directory, `${site.url}/file`);
    assert.equal(code, 0);
    const note = 'bytes behind the end of what is compressed (gzip) were left out';
    assert.deepEqual(
      outcomesIn(stdout).map(({ message }) => message),
      [note],
    );
    assert.ok((await readFile(join(directory, 'file'))).equals(TAR));
    const report = await runFlaghoist('report', directory, '--format', 'csv');
    assert.ok(report.stdout.includes(note), report.stdout);
  });
});
