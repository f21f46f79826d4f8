import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { runShell, serveList, smallDisk } from './machine-run.ts';

test('get: saves to a directory on another file system, beside files with scratch names', async (t) => {
  const disk = await smallDisk(t, '20m');
  if (disk === undefined) return;
  const folder = await temporaryDirectory(t);
  const { server, paths } = await serveList(t, folder, { rows: 40, size: 150_000 });
  const small = await serveList(t, folder, { rows: 40, size: 100 });
  const directory = join(folder, 'files');
  const mounted = join(directory, 'mounted');
  await mkdir(mounted, { recursive: true });
  execFileSync('mount', ['--bind', disk.path, mounted]);
  // Hooks run in the order of their registration: unmount before the directories are removed.
  using _ = { [Symbol.dispose]: () => void execFileSync('umount', [mounted]) };
  await writeFile(join(mounted, '0.bin.part'), 'notes');
  await writeFile(join(mounted, 'big-1.bin.part'), 'more notes');
  const list = join(folder, 'list.csv');
  const rows = [
    ...paths.map((path, i) => `http://127.0.0.1:${server.port}${path},big-${i}.bin`),
    ...small.paths.map((path, i) => `http://127.0.0.1:${small.server.port}${path},${i}.bin`),
  ];
  await writeFile(list, `url,name\n${rows.join('\n')}\n`);
  const output = ['-o', 'mounted/{name}', '--name-column', 'name'];
  const { code, stderr } = await runShell(':', 'get', '-q', '-d', directory, '-i', list, ...output);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(await readFile(join(mounted, '0.bin.part'), 'utf8'), 'notes');
  assert.equal(await readFile(join(mounted, 'big-1.bin.part'), 'utf8'), 'more notes');
  assert.equal((await readdir(mounted)).length, 82);
});
