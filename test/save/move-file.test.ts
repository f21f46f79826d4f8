import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { moveFile } from '../../src/save/move-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const OTHER = '/dev/shm';
const isOneSystem = !existsSync(OTHER) || statSync(OTHER).dev === statSync(tmpdir()).dev;
const skip = isOneSystem ? 'there is only one file system to write to' : false;

test('moveFile: replaces what has the name', async (t) => {
  const directory = await temporaryDirectory(t);
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  await writeFile(from, 'new');
  await writeFile(to, 'old');
  await moveFile(from, to);
  assert.equal(await readFile(to, 'utf8'), 'new');
  assert.deepEqual(await readdir(directory), ['to']);
});

test('moveFile: from one file system to another', { skip }, async (t) => {
  const directory = await temporaryDirectory(t);
  const other = await mkdtemp(join(OTHER, 'flaghoist-'));
  t.after(() => rm(other, { recursive: true, force: true }));
  const [from, to] = [join(directory, 'from'), join(other, 'to')];
  await writeFile(from, 'new');
  await writeFile(to, 'old');
  await moveFile(from, to);
  assert.equal(await readFile(to, 'utf8'), 'new');
  assert.deepEqual([await readdir(directory), await readdir(other)], [[], ['to']]);

  await writeFile(from, 'new');
  await mkdir(join(other, 'directory'));
  await assert.rejects(moveFile(from, join(other, 'directory')), { code: 'EISDIR' });
  assert.deepEqual((await readdir(other)).sort(), ['directory', 'to']);
});
