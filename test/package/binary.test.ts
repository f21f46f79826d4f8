import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { CHECKOUT, run } from './pack.ts';

const PACKAGE = dirname(dirname(process.env.FLAGHOIST_TESTED ?? join(CHECKOUT, 'bin/x')));

test('build:binary: one executable has the threads, the ledger and the page', {
  timeout: 120_000,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const home = { HOME: directory, XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '' };
  const cache = { NODE_COMPILE_CACHE: join(directory, '.compile-cache') };
  await run(CHECKOUT, ['node', 'scripts/binary.ts', PACKAGE, directory], cache);
  const flaghoist = (...args: string[]) => run(directory, ['./flaghoist', ...args], home);
  const manifest = JSON.parse(await readFile(join(CHECKOUT, 'package.json'), 'utf8'));
  assert.equal(await flaghoist('--version'), manifest.version);

  const server = createServer((_request, response) => response.end('flag'));
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const urls = Array.from({ length: 100 }, (_, i) => `http://127.0.0.1:${port}/${i}\n`);
  await writeFile(join(directory, 'list.txt'), urls.join(''));
  // Files are saved on a thread, and records written on another.
  await flaghoist('get', '-i', 'list.txt', '-d', 'out', '-q');
  assert.match(await flaghoist('status', 'out'), /^ok +100 /m);
  await flaghoist('report', 'out', '--format', 'html', '-o', 'page.html');
  assert.match(await readFile(join(directory, 'page.html'), 'utf8'), /<html/);
  const styles = await flaghoist('compare', '--requests', '3', '--delay', '1ms', '--json');
  assert.match(styles, /"threads"/);

  const unpackedTo = join(directory, '.cache/flaghoist');
  const [unpacked = '', ...more] = await readdir(unpackedTo);
  assert.deepEqual(more, [], 'it was unpacked once');
  assert.equal((await stat(join(unpackedTo, unpacked))).mode & 0o777, 0o700);
});
