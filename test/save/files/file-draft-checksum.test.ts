import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { reasonOf } from '../../../src/model/reason.ts';
import { SMALL_BODY } from '../../../src/save/files/body-store.ts';
import type { Draft } from '../../../src/save/sinks/sink.ts';
import { draftOf } from '../draft-of.ts';
import { BIG, HEAD, partOf, setUp } from './drafts.ts';

for (const body of [Buffer.from('GIF'), BIG, randomBytes(300_000)]) {
  const sha256 = hash('sha256', body);
  const checksums = (['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const).map((algorithm) => ({
    algorithm,
    hex: hash(algorithm, body),
  }));

  test(`FileDraft.commit: returns the digest of ${body.length} bytes on request`, async (t) => {
    const { path } = await setUp(t);
    for (const checksum of [undefined, ...checksums]) {
      const draft = draftOf(path, { digest: true, item: { checksum } });
      await draft.write(body.subarray(0, 1));
      await draft.write(body.subarray(1));
      assert.equal((await draft.commit()).digest, `sha256:${sha256}`);
    }
  });

  test(`FileDraft.commit: accepts ${body.length} bytes only with the right checksum`, async (t) => {
    const { path, list } = await setUp(t);
    for (const checksum of checksums) {
      const draft = draftOf(path, { item: { checksum } });
      draft.begin(HEAD);
      await draft.write(Buffer.concat([body, Buffer.from('!')]));
      await assert.rejects(draft.commit(), (error: Error) => {
        assert.equal(error.name, 'ChecksumError');
        assert.equal(reasonOf(error), 'checksum');
        return true;
      });
      assert.equal(partOf(draft), undefined, 'nothing to go on from');
      assert.equal((await list()).includes('a.gif'), false);
      // Another try of the same draft.
      draft.begin(HEAD);
      await draft.write(body);
      assert.equal((await draft.commit()).digest, undefined);
      assert.deepEqual(await list(), ['a.gif']);
      await rm(path);
    }
  });

  test(`FileDraft.commit: checks ${body.length} bytes as a whole, also from several responses`, async (t) => {
    const { path } = await setUp(t);
    const draft = draftOf(path, { digest: true, item: { checksum: checksums[0] } });
    draft.begin(HEAD);
    await draft.write(Buffer.alloc(200_000, 'of another version'));
    draft.begin(HEAD);
    const half = body.length >> 1;
    await draft.write(body.subarray(0, half));
    draft.begin({ ...HEAD, offset: half });
    await draft.write(body.subarray(half));
    assert.equal((await draft.commit()).digest, `sha256:${sha256}`);
    assert.deepEqual(await readFile(path), body);
  });
}

const HALVES = [Buffer.alloc(SMALL_BODY, 'first'), Buffer.alloc(SMALL_BODY, 'second')] as const;

/** Takes a file in two responses, of which one says a digest of the whole. */
async function inTwo(draft: Draft, halves: readonly Buffer[], statedBy: 0 | 1, hex: string) {
  const stated = { algorithm: 'sha256', hex, header: 'repr-digest' } as const;
  let offset = 0;
  for (const [i, half] of halves.entries()) {
    draft.begin({ ...HEAD, etag: '"1"', offset, ...(i === statedBy ? { stated } : {}) });
    await draft.write(half);
    offset += half.byteLength;
  }
}

for (const [what, halves] of [
  ['in memory', [Buffer.from('GIF'), Buffer.from('89a')]],
  ['in a staging file', HALVES],
] as const) {
  test(`FileDraft.commit: a file of two responses is checked against the checksum of either, ${what}`, async (t) => {
    const right = hash('sha256', Buffer.concat(halves));
    for (const statedBy of [0, 1] as const) {
      const { draft } = await setUp(t);
      await inTwo(draft, halves, statedBy, right);
      await draft.commit();
      const other = await setUp(t);
      await inTwo(other.draft, halves, statedBy, '00');
      await assert.rejects(other.draft.commit(), {
        name: 'ChecksumError',
        message: `the sha256 is ${right}, not 00, which the server says in repr-digest`,
      });
      // There is nothing in it to go on from.
      assert.equal(other.draft.part, undefined);
      await other.draft.discard();
      assert.deepEqual(await other.list(), []);
    }
  });
}

test('FileDraft.commit: a stated checksum is dropped when the file is started anew', async (t) => {
  const { draft, path } = await setUp(t);
  await inTwo(draft, [Buffer.from('GIF'), Buffer.from('89a')], 0, '00');
  draft.begin({ ...HEAD, etag: '"2"' });
  await draft.write(Buffer.from('GIF'));
  await draft.commit();
  assert.equal(await readFile(path, 'utf8'), 'GIF');
});

test('FileDraft.commit: a file of segments is checked against the checksum of its first response', async (t) => {
  const whole = Buffer.concat(HALVES);
  for (const [hex, isRight] of [
    [hash('sha256', whole), true],
    ['00', false],
  ] as const) {
    const { draft, path } = await setUp(t);
    const stated = { algorithm: 'sha256', hex, header: 'repr-digest' } as const;
    draft.begin({ ...HEAD, etag: '"1"', length: whole.length, stated });
    await draft.write(HALVES[0]);
    const rest = draft.range(SMALL_BODY);
    await rest.write(HALVES[1]);
    await rest.finish();
    await draft.join();
    if (isRight) {
      await draft.commit();
      assert.ok(whole.equals(await readFile(path)));
    } else {
      await assert.rejects(draft.commit(), { name: 'ChecksumError' });
    }
  }
});
