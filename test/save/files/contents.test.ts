import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contents, type KnownContents, type SharedPath } from '../../../src/save/files/contents.ts';

const HEX = 'ab'.repeat(32);

/** Steps whose saves end when the test says so. */
function steps(path: string) {
  const saving = Promise.withResolvers<string>();
  const shares: KnownContents[] = [];
  return {
    shares,
    end: () => saving.resolve(path),
    fail: (error: Error) => saving.reject(error),
    save: () => saving.promise,
    share: async (known: KnownContents): Promise<SharedPath | undefined> => {
      shares.push(known);
      return { path, duplicateOf: known.path };
    },
  };
}

test('Contents.saveOnce: a row waits for another with its contents, and shares its file', async () => {
  const contents = new Contents();
  const [first, second] = [steps('a'), steps('b')];
  const saved = contents.saveOnce(HEX, 3, first);
  const shared = contents.saveOnce(HEX, 3, second);
  first.end();
  assert.deepEqual(await saved, { path: 'a' });
  assert.deepEqual(await shared, { path: 'b', duplicateOf: 'a' });
});

test('Contents.saveOnce: when the first save fails, the next row saves', async () => {
  const contents = new Contents();
  const [first, second] = [steps('a'), steps('b')];
  const saved = contents.saveOnce(HEX, 3, first);
  const other = contents.saveOnce(HEX, 3, second);
  first.fail(new Error('disk full'));
  second.end();
  await assert.rejects(saved, { message: 'disk full' });
  assert.deepEqual(await other, { path: 'b' });
});

test('Contents.saveOnce: saves what cannot be shared, and shares that from then on', async () => {
  const contents = new Contents(() => ({ path: 'old', bytes: 3, savedAt: 1 }));
  const first = { ...steps('a'), share: async () => undefined };
  first.end();
  assert.deepEqual(await contents.saveOnce(HEX, 3, first), { path: 'a' });
  const second = steps('b');
  assert.deepEqual(await contents.saveOnce(HEX, 3, second), { path: 'b', duplicateOf: 'a' });
});

test('Contents.saveOnce: asks for files of earlier runs by their digest, and compares the length', async () => {
  const asked: string[] = [];
  const contents = new Contents((digest) => {
    asked.push(digest);
    return { path: 'old', bytes: 3, savedAt: 1 };
  });
  const other = steps('a');
  other.end();
  assert.deepEqual(await contents.saveOnce(HEX, 4, other), { path: 'a' });
  assert.deepEqual(await contents.saveOnce(`${HEX.slice(1)}0`, 3, steps('b')), {
    path: 'b',
    duplicateOf: 'old',
  });
  assert.deepEqual(asked, [`sha256:${HEX}`, `sha256:${HEX.slice(1)}0`]);
});
