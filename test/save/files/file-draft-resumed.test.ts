import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SMALL_BODY } from '../../../src/save/files/body-store.ts';
import { replaceWrites } from '../../support/disk.ts';
import { BIG, failure, HEAD, partOf, setUp } from './drafts.ts';

test('FileDraft.part: is what has arrived so far, in memory or not', async (t) => {
  const { draft } = await setUp(t);
  assert.equal(partOf(draft), undefined);
  draft.begin(HEAD);
  assert.deepEqual([partOf(draft)?.bytes, partOf(draft)?.etag], [0, '"1"']);
  draft.write(Buffer.from('GIF'));
  assert.deepEqual(draft.part, {
    bytes: 3,
    etag: '"1"',
    lastModified: undefined,
    length: undefined,
  });
  await draft.write(BIG);
  assert.equal(draft.part?.bytes, 3 + BIG.length);
  await draft.discard();
});

test('FileDraft.part: is undefined without a validator that tells versions apart', async (t) => {
  const { draft } = await setUp(t);
  for (const [etag, lastModified, isPart] of [
    [undefined, undefined, false],
    ['W/"1"', undefined, false],
    ['W/"1"', 'Sun, 22 Nov 2026 10:00:00 GMT', true],
    ['"1"', undefined, true],
  ] as const) {
    draft.begin({ ...HEAD, etag, lastModified });
    draft.write(Buffer.from('GIF'));
    assert.equal(draft.part !== undefined, isPart, `${etag} ${lastModified}`);
  }
});

for (const [size, start] of [
  ['small', Buffer.from('the start, ')],
  ['big', BIG],
] as const) {
  test(`FileDraft.begin: continues a ${size} body where it broke off`, async (t) => {
    const { path, draft, list } = await setUp(t);
    draft.begin(HEAD);
    await draft.write(start);
    // The version is that of the first response, whatever the second one says or leaves out.
    draft.begin({ ...HEAD, httpStatus: 206, offset: start.length, etag: undefined });
    await draft.write(Buffer.from('the rest'));
    assert.equal(draft.part?.etag, '"1"');
    await draft.commit();
    assert.deepEqual(await readFile(path), Buffer.concat([start, Buffer.from('the rest')]));
    assert.deepEqual(await list(), ['a.gif']);
  });

  for (const next of [Buffer.from('small'), Buffer.alloc(SMALL_BODY * 2, 'new')]) {
    test(`FileDraft.begin: a ${size} body is followed by another of ${next.length} bytes from 0`, async (t) => {
      const { path, draft, list } = await setUp(t);
      draft.begin(HEAD);
      await draft.write(start);
      draft.begin({ ...HEAD, etag: '"2"' });
      assert.equal(partOf(draft)?.bytes, 0);
      await draft.write(next);
      assert.equal(draft.part?.etag, '"2"');
      const { bytes } = await draft.commit();
      assert.equal(bytes, next.length);
      assert.deepEqual(await readFile(path), next);
      assert.deepEqual(await list(), ['a.gif']);
    });

    test(`FileDraft.restart: a ${size} body is replaced by one of ${next.length} bytes`, async (t) => {
      const { path, draft, list } = await setUp(t);
      draft.begin(HEAD);
      await draft.write(start);
      await draft.restart();
      assert.equal(partOf(draft), undefined);
      draft.begin(HEAD);
      await draft.write(next);
      await draft.commit();
      assert.deepEqual(await readFile(path), next);
      assert.deepEqual(await list(), ['a.gif']);
    });
  }

  test(`FileDraft.discard: leaves nothing of a ${size} body if no parts are kept`, async (t) => {
    const { draft, list } = await setUp(t);
    draft.begin(HEAD);
    await draft.write(start);
    await draft.discard({ keep: true });
    assert.deepEqual(await list(), []);
  });
}

test('FileDraft.begin: refuses a body that does not begin where the part ends', async (t) => {
  const { draft } = await setUp(t);
  const head = { ...HEAD, httpStatus: 206 };
  assert.throws(() => draft.begin({ ...head, offset: 1 }), {
    name: 'ByteRangeError',
    message: /its body begins at byte 1, and 0 are there$/,
  });
  draft.begin(HEAD);
  draft.write(Buffer.from('GIF'));
  for (const offset of [2, 4]) {
    assert.throws(() => draft.begin({ ...head, offset }), { reason: 'range' });
  }
  draft.begin({ ...head, offset: 3 });
});

test('FileDraft.begin: a slow write of the last body does not end up in the next one', async (t) => {
  const { path, draft } = await setUp(t);
  await replaceWrites(t, async (_, write) => {
    for (let turns = 0; turns < 5; turns++) await setImmediate();
    await write();
  });
  for (let version = 0; version < 5; version++) {
    draft.begin({ ...HEAD, etag: `"${version}"` });
    for (let i = 0; i < 5; i++) draft.write(Buffer.alloc(50_000, version));
    for (let turns = 0; turns < version; turns++) await setImmediate();
  }
  await draft.commit();
  assert.deepEqual(await readFile(path), Buffer.alloc(250_000, 4));
});

test('FileDraft.begin: after a failed write the next response starts the file anew', async (t) => {
  const { path, draft } = await setUp(t);
  const broken = { left: 1 };
  await replaceWrites(t, (_, write) => {
    return broken.left-- > 0 ? Promise.reject(failure('EMFILE')) : write();
  });
  draft.begin(HEAD);
  await assert.rejects(draft.write(BIG) ?? Promise.resolve(), { code: 'EMFILE' });
  assert.equal(partOf(draft)?.bytes, 0);
  draft.begin(HEAD);
  await draft.write(Buffer.alloc(SMALL_BODY * 2, 'x'));
  await draft.commit();
  assert.deepEqual(await readFile(path), Buffer.alloc(SMALL_BODY * 2, 'x'));
});
