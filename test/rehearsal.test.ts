// Slow: starts threads.
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { download } from '../src/download.ts';
import type { RunSettings } from '../src/download-options.ts';
import { rehearse } from '../src/rehearsal.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

const PATHS = ['/a', '/a', '/b?x=1', '/b?x=2', '/1/c', '/2/c', '/blog', '/blog/post', '/mine'];

const DOES = { ok: 'download', skipped: 'skip', failed: 'fail' } as Record<string, string>;

for (const options of [
  {},
  { onCollision: 'rename' },
  { onCollision: 'skip' },
  { names: '{host}/{path}/{name}{query}' },
  { names: 'x-{name}' },
] as readonly Partial<RunSettings>[]) {
  test(`rehearse: says what the run does, with ${JSON.stringify(options)}`, async (t) => {
    const parent = await temporaryDirectory(t);
    const directory = join(parent, 'files');
    const { url } = await serveHttp(t, (request, response) => response.end(request.url));
    const rows = PATHS.map((path) => url + path);
    async function* listed() {
      yield* rows;
    }
    const rehearsed = async (settings: RunSettings) =>
      (await Array.fromAsync(rehearse(listed(), settings))).map(({ does, path, reason }) => [
        does,
        path,
        reason,
      ]);
    const done = async (settings: RunSettings) => {
      const outcomes = await Array.fromAsync(download(rows, settings));
      outcomes.sort((a, b) => a.item.index - b.item.index);
      return outcomes.map(({ status, path, reason }) => [
        reason === 'copied' ? 'copy' : DOES[status],
        path && relative(directory, path),
        reason === 'copied' ? undefined : reason,
      ]);
    };
    const settings = { directory, ledger: true, maxRequests: 1, ...options } as const;
    const before = await rehearsed(settings);
    assert.deepEqual(await readdir(parent), []);
    await mkdir(directory);
    assert.deepEqual(before, await done({ ...settings, directory }));
    const later = { ...settings, names: 'y/{name}' };
    for (const again of [settings, later]) {
      await writeFile(join(directory, 'mine'), 'mine, and longer');
      assert.deepEqual(await rehearsed(again), await done(again));
    }
  });
}
