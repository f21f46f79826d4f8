import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { moveFileSync } from '../../src/save/move-file-sync.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const OTHER = '/dev/shm';
const isOneSystem = !existsSync(OTHER) || statSync(OTHER).dev === statSync(tmpdir()).dev;
const skip = isOneSystem ? 'there is only one file system to write to' : false;

test('moveFileSync: replaces what has the name, and follows no link of that name', async (t) => {
  const directory = await temporaryDirectory(t);
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  await writeFile(from, 'new');
  await writeFile(to, 'old');
  moveFileSync(from, to);
  assert.equal(await readFile(to, 'utf8'), 'new');
  assert.deepEqual(await readdir(directory), ['to']);

  const link = join(directory, 'link');
  await symlink(to, link);
  await writeFile(from, 'newer');
  moveFileSync(from, link);
  assert.deepEqual([await readFile(link, 'utf8'), await readFile(to, 'utf8')], ['newer', 'new']);
});

test('moveFileSync: throws the errors of the file system', async (t) => {
  const directory = await temporaryDirectory(t);
  const from = join(directory, 'from');
  assert.throws(() => moveFileSync(from, join(directory, 'to')), { code: 'ENOENT' });
  await writeFile(from, 'new');
  await mkdir(join(directory, 'to'));
  assert.throws(() => moveFileSync(from, join(directory, 'to')), { code: 'EISDIR' });
  assert.equal(await readFile(from, 'utf8'), 'new');
});

test('moveFileSync: from one file system to another', { skip }, async (t) => {
  const directory = await temporaryDirectory(t);
  const other = await mkdtemp(join(OTHER, 'flaghoist-'));
  t.after(() => rm(other, { recursive: true, force: true }));
  const [from, to] = [join(directory, 'from'), join(other, 'to')];
  await writeFile(from, 'new');
  await writeFile(to, 'old');
  moveFileSync(from, to);
  assert.equal(await readFile(to, 'utf8'), 'new');
  assert.deepEqual([await readdir(directory), await readdir(other)], [[], ['to']]);

  // What fails leaves nothing beside it, and the file where it was.
  await writeFile(from, 'new');
  await mkdir(join(other, 'directory'));
  assert.throws(() => moveFileSync(from, join(other, 'directory')), { code: 'EISDIR' });
  assert.deepEqual((await readdir(other)).sort(), ['directory', 'to']);
  assert.equal(await readFile(from, 'utf8'), 'new');
});
