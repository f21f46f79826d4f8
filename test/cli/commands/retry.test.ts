import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runFlaghoist, runFlaghoistIn } from '../run-flaghoist.ts';

/** A server that answers 500 for /a and 404 for /b until it is mended, and records its requests. */
async function serve(t: TestContext) {
  const asked: string[] = [];
  const state = { mended: false };
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    asked.push(`${url} ${headers.authorization ?? '-'}`);
    const status = state.mended || url === '/c' ? 200 : url === '/a' ? 500 : 404;
    response.writeHead(status, { 'content-length': '3' }).end('abc');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const urls = ['a', 'b', 'c'].map((name) => `http://127.0.0.1:${port}/${name}`);
  return { asked, state, urls };
}

test('retry: downloads the failed rows only, with the names of the last get', async (t) => {
  const { asked, state, urls } = await serve(t);
  const directory = await temporaryDirectory(t);
  // Options about the output are those of one run.
  const options = ['-d', directory, '-o', 'x-{name}', '--tries', '1', '-q', '--json'];
  assert.equal((await runFlaghoist('get', ...urls, ...options)).code, 1);
  state.mended = true;
  asked.length = 0;
  const { code, stdout, stderr } = await runFlaghoistIn({ cwd: directory }, 'retry', '-v');
  assert.deepEqual({ code, asked }, { code: 0, asked: ['/a -'] });
  assert.match(stdout + stderr, /ok .*x-a /);
  assert.equal(await readFile(join(directory, 'x-a'), 'utf8'), 'abc');
});

test('retry --where: selects rows, also those not found', async (t) => {
  const { asked, state, urls } = await serve(t);
  const directory = await temporaryDirectory(t);
  await runFlaghoist('get', ...urls, '-d', directory, '--tries', '1', '-q');
  state.mended = true;
  asked.length = 0;
  const { code } = await runFlaghoist('retry', directory, '--where', 'status in (404, 410)', '-q');
  assert.deepEqual({ code, asked }, { code: 0, asked: ['/b -'] });
});

test('retry: names the secrets that were not kept, and takes new ones', async (t) => {
  const { asked, state, urls } = await serve(t);
  const directory = await temporaryDirectory(t);
  const secret = ['--bearer', 's3cret'];
  await runFlaghoist('get', ...urls, '-d', directory, '--tries', '1', '-q', ...secret);
  state.mended = true;
  asked.length = 0;
  const { code, stderr } = await runFlaghoist('retry', directory, '-q', ...secret);
  assert.match(stderr, /^flaghoist: the last run had secrets, .*\(--bearer\).*\n$/);
  assert.deepEqual({ code, asked }, { code: 0, asked: ['/a Bearer s3cret'] });
});

test('retry: an option given now replaces one of the last get that excludes it', async (t) => {
  const { asked, state, urls } = await serve(t);
  const directory = await temporaryDirectory(t);
  const file = join(await temporaryDirectory(t), 'user');
  await writeFile(file, 'ann:s3cret', { mode: 0o600 });
  const options = ['-d', directory, '--tries', '1', '-q', '--user-file', file];
  await runFlaghoist('get', ...urls, ...options);
  state.mended = true;
  asked.length = 0;
  const { code, stderr } = await runFlaghoist('retry', directory, '-q', '--bearer', 't');
  assert.deepEqual({ code, stderr, asked }, { code: 0, stderr: '', asked: ['/a Bearer t'] });
});

test('retry: a wrong condition is wrong usage, a missing ledger exit code 3', async (t) => {
  const directory = await temporaryDirectory(t);
  const wrong = await runFlaghoist('retry', directory, '--where', 'status in (4');
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /^\*\*\* Usage error: --where CONDITION: column 13: .+\nusage: flaghoist retry /,
  );
  const none = await runFlaghoist('retry', directory);
  assert.equal(none.code, 3);
  assert.match(none.stderr, /^flaghoist: .+\n$/);
});
