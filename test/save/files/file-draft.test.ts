import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SMALL_BODY } from '../../../src/save/files/body-store.ts';
import { until } from '../../server/ask.ts';
import { replaceWrites } from '../../support/disk.ts';
import { withReason } from '../../support/with-reason.ts';
import { draftOf } from '../draft-of.ts';
import { BIG, failure, setUp } from './drafts.ts';

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
    await assert.rejects(failing, withReason('not-writable'));
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
    await assert.rejects(failing, withReason('not-writable'));
    assert.deepEqual(await readdir(directory), ['file']);
  });

  test(`FileDraft.commit: a ${size} body does not replace a directory, and leaves nothing`, async (t) => {
    const { path, draft, list } = await setUp(t);
    await mkdir(path);
    const failing = async () => {
      await draft.write(body);
      await draft.commit();
    };
    await assert.rejects(failing, withReason('not-writable'));
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

test('FileDraft.commit: fails if the file is not as long as what was written', async (t) => {
  const { draft, list } = await setUp(t);
  await replaceWrites(t, async () => {});
  await draft.write(BIG);
  await assert.rejects(draft.commit(), /has 0 bytes, and 98305 were written to it$/);
  await draft.discard();
  assert.deepEqual(await list(), []);
});
