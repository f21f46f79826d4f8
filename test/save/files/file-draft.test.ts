import assert from 'node:assert/strict';
import { hash, randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { reasonOf } from '../../../src/model/reason.ts';
import type { Part } from '../../../src/model/response.ts';
import { SMALL_BODY } from '../../../src/save/files/body-store.ts';
import type { Draft } from '../../../src/save/sinks/sink.ts';
import { until } from '../../server/ask.ts';
import { replaceWrites } from '../../support/disk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { draftOf } from '../draft-of.ts';

const BIG = Buffer.alloc(SMALL_BODY + 1, 'big');

async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'a.gif');
  return { directory, path, draft: draftOf(path), list: () => readdir(directory) };
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as the test says`), { code });
}

/** How many files below `directory` this process has open. */
async function openFilesBelow(directory: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(
    // The descriptor of /proc/self/fd itself is closed by now.
    descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(directory)).length;
}

test('FileDraft.write: a small body stays in memory until it is complete', async (t) => {
  const { path, draft, list } = await setUp(t);
  assert.equal(draft.write(Buffer.from('GIF')), undefined);
  assert.equal(draft.write(Buffer.from('89a')), undefined);
  assert.deepEqual(await list(), []);
  assert.deepEqual(await draft.commit(), { path, bytes: 6, digest: undefined });
  assert.equal(await readFile(path, 'utf8'), 'GIF89a');
  assert.deepEqual(await list(), ['a.gif']);
});

test('FileDraft.write: 96 KiB are small, a byte more is not', async (t) => {
  const { path, draft, list } = await setUp(t);
  assert.equal(draft.write(Buffer.alloc(SMALL_BODY)), undefined);
  assert.deepEqual(await list(), []);
  await draft.write(Buffer.alloc(1));
  assert.equal((await list()).length, 1);
  await draft.commit();
  assert.equal((await readFile(path)).length, 98_305);
});

test('FileDraft.commit: an empty body is an empty file', async (t) => {
  const { path, draft } = await setUp(t);
  await draft.commit();
  assert.equal((await readFile(path)).length, 0);
});

test('FileDraft.write: a big body goes to a hidden file of a unique name beside the final one', async (t) => {
  const { path, draft, list } = await setUp(t);
  await draft.write(BIG);
  const [temporary = '', ...others] = await list();
  assert.match(temporary, /^\.flaghoist-[0-9a-f]{16}-\d+\.part$/);
  assert.deepEqual(others, []);
  assert.deepEqual(await readFile(join(path, '..', temporary)), BIG);
  await draft.commit();
  assert.deepEqual(await list(), ['a.gif']);
  assert.deepEqual(await readFile(path), BIG);
});

test('FileDraft.write: asks for a pause while the disk is behind', async (t) => {
  const { draft } = await setUp(t);
  const disk = Promise.withResolvers<void>();
  await replaceWrites(t, async (_, write) => {
    await disk.promise;
    await write();
  });
  let resumed = false;
  const pause = draft.write(BIG)?.then(() => {
    resumed = true;
  });
  assert.ok(draft.write(Buffer.from('more')) instanceof Promise, 'also for a small piece');
  await setImmediate();
  assert.equal(resumed, false);
  disk.resolve();
  await pause;
  assert.equal(draft.write(Buffer.from('more')), undefined, 'the disk has caught up');
  await draft.discard();
});

test('FileDraft.write: chunks land in order, one write at a time, on a slow disk', async (t) => {
  const { path, draft } = await setUp(t);
  const sizes: number[] = [];
  let writing = 0;
  await replaceWrites(t, async (data, write) => {
    writing++;
    assert.equal(writing, 1);
    sizes.push(data.byteLength);
    for (let turns = 0; turns < 3; turns++) await setImmediate();
    await write();
    writing--;
  });
  const pieces = Array.from({ length: 200 }, (_, i) => Buffer.alloc(1000 + i, i));
  for (const [i, piece] of pieces.entries()) {
    // Sometimes the sender does pause, mostly it does not.
    const full = draft.write(piece);
    if (i % 30 === 0) await full;
  }
  await draft.commit();
  assert.deepEqual(await readFile(path), Buffer.concat(pieces));
  assert.ok(sizes.length > 1 && sizes.length < 10, 'pieces that came meanwhile go together');
});

test('FileDraft.commit: waits for a pending write', async (t) => {
  const { path, draft, list } = await setUp(t);
  const disk = Promise.withResolvers<void>();
  await replaceWrites(t, async (_, write) => {
    await disk.promise;
    await write();
  });
  draft.write(BIG);
  const committed = draft.commit();
  assert.ok(!(await list()).includes('a.gif'));
  disk.resolve();
  await committed;
  assert.deepEqual(await readFile(path), BIG);
});

for (const megabytes of [1, 20]) {
  test(`FileDraft: ${megabytes} MB are saved as they were sent, and never visible in part`, async (t) => {
    const { path, draft, list } = await setUp(t);
    const body = randomBytes(megabytes * 1024 * 1024);
    for (let start = 0; start < body.length; ) {
      const end = start + randomInt(1, 256 * 1024);
      await draft.write(body.subarray(start, end));
      start = end;
      assert.ok(!(await list()).includes('a.gif'));
    }
    await draft.commit();
    assert.ok((await readFile(path)).equals(body));
    assert.deepEqual(await list(), ['a.gif']);
  });
}

test('FileDraft.commit: replaces a file of that name, which is complete until then', async (t) => {
  const { path, draft } = await setUp(t);
  await writeFile(path, 'the old one');
  await draft.write(BIG);
  assert.equal(await readFile(path, 'utf8'), 'the old one');
  await draft.commit();
  assert.deepEqual(await readFile(path), BIG);
});

test('FileDraft: two drafts of one path do not affect each other', async (t) => {
  const { path, draft, list } = await setUp(t);
  const other = draftOf(path);
  await draft.write(BIG);
  await other.write(Buffer.alloc(SMALL_BODY + 1, 'other'));
  await other.discard();
  assert.equal((await list()).length, 1);
  await draft.commit();
  assert.deepEqual(await readFile(path), BIG);
});

test('FileDraft.discard: leaves nothing if nothing was written', async (t) => {
  const { draft, list } = await setUp(t);
  await draft.discard();
  assert.deepEqual(await list(), []);
});

test('FileDraft.discard: leaves nothing of a small body', async (t) => {
  const { draft, list } = await setUp(t);
  draft.write(Buffer.from('GIF'));
  await draft.discard();
  assert.deepEqual(await list(), []);
});

test('FileDraft.discard: leaves nothing of a big body, and keeps an older file', async (t) => {
  const { path, draft, list } = await setUp(t);
  await writeFile(path, 'the old one');
  await draft.write(BIG);
  await draft.discard();
  assert.deepEqual(await list(), ['a.gif']);
  assert.equal(await readFile(path, 'utf8'), 'the old one');
});

test('FileDraft.discard: waits for a pending write, then removes the file', async (t) => {
  const { draft, list } = await setUp(t);
  const disk = Promise.withResolvers<void>();
  let writing = false;
  await replaceWrites(t, async (_, write) => {
    writing = true;
    await disk.promise;
    await write();
  });
  draft.write(BIG);
  await until(() => writing);
  const discarded = draft.discard();
  assert.equal((await list()).length, 1);
  disk.resolve();
  await discarded;
  assert.deepEqual(await list(), []);
});

for (const end of ['commit', 'discard'] as const) {
  const skip = existsSync('/proc/self/fd') ? false : 'this system does not tell its open files';
  test(`${end}: leaves no file open`, { skip }, async (t) => {
    const { directory, draft } = await setUp(t);
    await draft.write(BIG);
    assert.equal(await openFilesBelow(directory), 1);
    await draft[end]();
    assert.equal(await openFilesBelow(directory), 0);
  });
}

test('FileDraft.write: a failure rejects the write, later ones, and the commit', async (t) => {
  const { draft, list } = await setUp(t);
  await replaceWrites(t, () => Promise.reject(failure('ENOSPC')));
  const full = { code: 'ENOSPC' };
  await assert.rejects(draft.write(BIG) ?? Promise.resolve(), full);
  await assert.rejects(draft.write(Buffer.from('more')) ?? Promise.resolve(), full);
  await assert.rejects(draft.commit(), full);
  assert.equal((await list()).length, 1);
  await draft.discard();
  assert.deepEqual(await list(), []);
});

test('FileDraft.commit: a failure of the last write leaves nothing once discarded', async (t) => {
  const { draft, list } = await setUp(t);
  await draft.write(BIG);
  assert.equal(draft.write(Buffer.from('the end')), undefined);
  await replaceWrites(t, () => Promise.reject(failure('ENOSPC')));
  await assert.rejects(draft.commit(), { code: 'ENOSPC' });
  await draft.discard();
  assert.deepEqual(await list(), []);
});

for (const [size, body] of [
  ['small', Buffer.from('GIF')],
  ['big', BIG],
] as const) {
  test(`FileDraft.commit: fails for a ${size} body whose directory is gone`, async (t) => {
    const { directory, draft } = await setUp(t);
    await rm(directory, { recursive: true });
    const failing = async () => {
      await draft.write(body);
      await draft.commit();
    };
    await assert.rejects(failing, (error) => reasonOf(error) === 'not-writable');
    await draft.discard();
  });

  test(`FileDraft.commit: fails for a ${size} body below a file`, async (t) => {
    const { directory } = await setUp(t);
    const file = join(directory, 'file');
    await writeFile(file, '');
    const draft = draftOf(join(file, 'a.gif'));
    const failing = async () => {
      await draft.write(body);
      await draft.commit();
    };
    await assert.rejects(failing, (error) => reasonOf(error) === 'not-writable');
    assert.deepEqual(await readdir(directory), ['file']);
  });

  test(`FileDraft.commit: a ${size} body does not replace a directory, and leaves nothing`, async (t) => {
    const { path, draft, list } = await setUp(t);
    await mkdir(path);
    const failing = async () => {
      await draft.write(body);
      await draft.commit();
    };
    await assert.rejects(failing, (error) => reasonOf(error) === 'not-writable');
    await draft.discard();
    assert.deepEqual(await list(), ['a.gif']);
  });
}

test('FileDraft.discard: the directory may have been removed in the middle of a body', async (t) => {
  const { directory, draft } = await setUp(t);
  await draft.write(BIG);
  await rm(directory, { recursive: true });
  await draft.discard();
});

test('FileDraft.discard: a second call does nothing', async (t) => {
  const { draft, list } = await setUp(t);
  await draft.write(BIG);
  await draft.discard();
  await draft.discard();
  assert.deepEqual(await list(), []);
});

/** A function, since TypeScript would keep an assertion about the property for later lines. */
function partOf(draft: Draft): Part | undefined {
  return draft.part;
}

const HEAD = { httpStatus: 200, url: 'http://h/a.gif', offset: 0, etag: '"1"' };

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

test('FileDraft.commit: fails if the file is not as long as what was written', async (t) => {
  const { draft, list } = await setUp(t);
  await replaceWrites(t, async () => {});
  await draft.write(BIG);
  await assert.rejects(draft.commit(), /has 0 bytes, and 98305 were written to it$/);
  await draft.discard();
  assert.deepEqual(await list(), []);
});

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
