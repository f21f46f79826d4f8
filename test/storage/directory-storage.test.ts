import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { DirectoryStorage } from '../../src/storage/directory-storage.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('DirectoryStorage: an object is visible once it is published, whole, in place of another', async (t) => {
  const directory = await temporaryDirectory(t);
  await using storage = new DirectoryStorage(directory, { durable: true });
  await mkdir(join(directory, 'a'));
  await writeFile(join(directory, 'a', 'b.tar'), 'before');
  const draft = await storage.create('a/b.tar');
  await draft.write(Buffer.from('one '));
  await draft.write(Buffer.from('two'));
  assert.deepEqual(await storage.stat('a/b.tar'), { name: 'a/b.tar', bytes: 6 });
  assert.deepEqual(await draft.publish(), { name: 'a/b.tar', bytes: 7 });
  assert.equal((await buffer(storage.read('a/b.tar'))).toString(), 'one two');
  assert.deepEqual(await readdir(join(directory, 'a')), ['b.tar']);
});

test('DirectoryStorage: a draft that is discarded leaves nothing', async (t) => {
  const directory = await temporaryDirectory(t);
  const temporaryPath = () => join(directory, 'temporary');
  await using storage = new DirectoryStorage(directory, { temporaryPath });
  const draft = await storage.create('a.tar');
  await draft.write(Buffer.from('one'));
  assert.deepEqual(await readdir(directory), ['temporary']);
  await draft.discard();
  assert.deepEqual(await readdir(directory), []);
  assert.equal(await storage.stat('a.tar'), undefined);
});

test('DirectoryStorage.list: objects by the beginning of their names, without hidden ones', async (t) => {
  const directory = await temporaryDirectory(t);
  await using storage = new DirectoryStorage(join(directory, 'new'));
  assert.deepEqual(await Array.fromAsync(storage.list()), []);
  for (const name of ['a.tar', 'ab/c.tar', 'ab/d.tar', 'b.tar', '.hidden/e.tar']) {
    const draft = await storage.create(name);
    await draft.write(Buffer.from('12345'));
    await draft.publish();
  }
  const names = async (prefix?: string) =>
    (await Array.fromAsync(storage.list(prefix)))
      .map(({ name, bytes }) => `${name} ${bytes}`)
      .sort();
  assert.deepEqual(await names(), ['a.tar 5', 'ab/c.tar 5', 'ab/d.tar 5', 'b.tar 5']);
  assert.deepEqual(await names('a'), ['a.tar 5', 'ab/c.tar 5', 'ab/d.tar 5']);
  assert.deepEqual(await names('ab/c'), ['ab/c.tar 5']);
  assert.deepEqual(await names('ab/'), ['ab/c.tar 5', 'ab/d.tar 5']);
  await storage.remove('ab/c.tar');
  await storage.remove('ab/c.tar');
  assert.deepEqual(await names('ab/'), ['ab/d.tar 5']);
});

test('DirectoryStorage: a name cannot leave the directory', async (t) => {
  await using storage = new DirectoryStorage(await temporaryDirectory(t));
  await assert.rejects(storage.create('../a.tar'), /cannot be called/);
});

test('DirectoryStorage: with ifAbsent an object of that name stays', async (t) => {
  const directory = await temporaryDirectory(t);
  await using storage = new DirectoryStorage(directory);
  const drafts = await Promise.all(
    ['one', 'two'].map(async (text) => {
      const draft = await storage.create('a', { ifAbsent: true });
      await draft.write(Buffer.from(text));
      return draft;
    }),
  );
  await drafts[0]?.publish();
  await assert.rejects(async () => drafts[1]?.publish(), {
    name: 'NameTakenError',
    message: `a is there already: another run saves to ${directory}, and each needs a place of its own`,
  });
  await drafts[1]?.discard();
  assert.equal((await buffer(storage.read('a'))).toString(), 'one');
  assert.deepEqual(await readdir(directory), ['a']);
});
