import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Destination, publish } from '../../../src/save/files/publish.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const OTHER = '/dev/shm';
const isOneSystem = !existsSync(OTHER) || statSync(OTHER).dev === statSync(tmpdir()).dev;
const skip = isOneSystem ? 'there is only one file system to write to' : false;

async function setUp(t: TestContext, parent = tmpdir()) {
  const staging = await temporaryDirectory(t);
  const directory = await fs.mkdtemp(join(parent, 'flaghoist-'));
  t.after(() => fs.rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'a');
  return {
    path,
    /** Publishes a file with the contents `new`. */
    async publish(replaces: Destination['replaces']) {
      const from = join(staging, 'from');
      await fs.writeFile(from, 'new');
      const isPublished = await publish(from, { path, replaces });
      assert.equal(
        existsSync(from),
        !isPublished,
        'the staging file stays when there is no name for it',
      );
      return isPublished;
    },
    /** What is in the directory. */
    async contents() {
      const names = (await fs.readdir(directory)).sort();
      const read = (name: string) => fs.readFile(join(directory, name), 'utf8');
      return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await read(name)])),
      );
    },
  };
}

/** As on a file system without hard links. */
function withoutLinks(t: TestContext): void {
  const refuse = async () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
  };
  t.mock.method(fs, 'link', refuse);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

for (const [where, parent, prepare, isSkipped] of [
  ['on one file system', tmpdir(), () => {}, false],
  ['from one file system to another', OTHER, () => {}, skip],
  ['without hard links', tmpdir(), withoutLinks, false],
  ['to another file system without hard links', OTHER, withoutLinks, skip],
] as const) {
  test(`publish: gives a free name, and never a taken one, ${where}`, {
    skip: isSkipped,
  }, async (t) => {
    prepare(t);
    const { path, publish, contents } = await setUp(t, parent);
    assert.equal(await publish('nothing'), true);
    assert.deepEqual(await contents(), { a: 'new' });
    await fs.writeFile(path, 'notes');
    for (const replaces of ['nothing', 'leftover'] as const) {
      assert.equal(await publish(replaces), false);
      assert.deepEqual(await contents(), { a: 'notes' });
    }
    assert.equal(await publish('anything'), true);
    assert.deepEqual(await contents(), { a: 'new' });
  });

  test(`publish: replaces a file only in the state it was seen in, ${where}`, {
    skip: isSkipped,
  }, async (t) => {
    prepare(t);
    const { path, publish, contents } = await setUp(t, parent);
    await fs.writeFile(path, 'old');
    const seen = await fs.lstat(path);
    await fs.writeFile(path, 'notes');
    assert.equal(await publish(seen), false);
    assert.deepEqual(await contents(), { a: 'notes' });
    assert.equal(await publish(await fs.lstat(path)), true);
    assert.deepEqual(await contents(), { a: 'new' });
    await fs.rm(path);
    assert.equal(await publish(seen), true, 'a file that has gone keeps no name');
    assert.deepEqual(await contents(), { a: 'new' });
  });

  test(`publish: does not replace a directory or a link, ${where}`, {
    skip: isSkipped,
  }, async (t) => {
    prepare(t);
    const { path, publish } = await setUp(t, parent);
    await fs.mkdir(path);
    assert.equal(await publish('nothing'), false);
    await assert.rejects(publish('anything'), { code: 'EISDIR' });
    await fs.rmdir(path);
    await fs.symlink('/nowhere', path);
    assert.equal(await publish('nothing'), false);
    assert.equal(await fs.readlink(path), '/nowhere');
  });
}

test('publish: a copy from another file system overwrites no file on its way', {
  skip,
}, async (t) => {
  const { path, publish, contents } = await setUp(t, OTHER);
  await fs.writeFile(`${path}.part`, 'notes');
  assert.equal(await publish('nothing'), true);
  assert.deepEqual(await contents(), { a: 'new', 'a.part': 'notes' });
});
