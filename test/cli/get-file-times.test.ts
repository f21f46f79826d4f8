import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endsIn, get, serveSite } from './get-support.ts';

const MODIFIED = 'Wed, 21 Oct 2015 07:28:00 GMT';

/** In memory, in a staging file, and on a thread that saves: more files than are saved without one. */
const SMALL = Array.from({ length: 40 }, (_, i) => `${i}.txt`);
const PATHS = ['large.bin', 'dateless', ...SMALL];

const serve = (t: Parameters<typeof serveSite>[0]) =>
  serveSite(t, (path, response) => {
    if (path !== '/dateless') response.setHeader('last-modified', MODIFIED);
    response.end(path === '/large.bin' ? Buffer.alloc(200_000) : 'small');
  });

async function timesOf(directory: string): Promise<Map<string, number>> {
  const times = PATHS.map(async (name) => {
    return [name, (await stat(join(directory, name))).mtimeMs] as const;
  });
  return new Map(await Promise.all(times));
}

// Two at a time: a test mostly waits for its process to start.
suite('get-file-times', { concurrency: 2 }, () => {
  test('get: files get the time of their Last-Modified, and are found again', async (t) => {
    const site = await serve(t);
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-d', directory, ...PATHS.map((path) => `${site.url}/${path}`)];
    const since = Date.now() - 1000;
    assert.equal((await get(...args)).code, 0);
    const times = await timesOf(directory);
    for (const name of ['large.bin', ...SMALL]) {
      assert.equal(times.get(name), Date.parse(MODIFIED), name);
    }
    assert.ok((times.get('dateless') ?? 0) >= since);
    const again = await get(...args);
    assert.ok(endsIn(again.stdout).every((end) => end === 'skipped already-there'));
  });

  test('get --no-file-times: files keep the time of their download', async (t) => {
    const site = await serve(t);
    const directory = await temporaryDirectory(t);
    const since = Date.now() - 1000;
    const urls = PATHS.map((path) => `${site.url}/${path}`);
    assert.equal((await get('--no-file-times', '-d', directory, ...urls)).code, 0);
    for (const time of (await timesOf(directory)).values()) assert.ok(time >= since);
  });
});
