// Slow: waits in real time.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { partKey, sweepParts } from '../../../src/save/files/parts.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BODY, finish, HEAD, ITEM, KEY, MODIFIED, receive, setUp } from '../killed-runs.ts';

test('partKey: is the SHA-256 of the URL and the name', () => {
  assert.equal(partKey({ url: 'http://h/', name: 'a' }), hash('sha256', 'http://h/\na'));
  assert.equal(partKey({ url: 'http://h/' }), hash('sha256', 'http://h/\n'));
});

test('Parts: continues where a kill stopped the last run', async (t) => {
  const { directory, draft, list, abandon } = await setUp(t);
  await abandon(await draft(), 100_000, { lastModified: MODIFIED });
  const next = await draft();
  const { beginning, ...part } = next.part ?? {};
  assert.deepEqual(part, {
    bytes: 100_000,
    etag: '"1"',
    lastModified: MODIFIED,
    length: BODY.length,
  });
  assert.deepEqual(await beginning?.(4100), BODY.subarray(0, 4100));
  assert.deepEqual(await finish(next), BODY);
  assert.deepEqual(await list(), []);
  assert.deepEqual((await readdir(directory)).sort(), ['.flaghoist', 'a.bin']);
});

test('Parts: continues a part through several runs', async (t) => {
  const { draft, list, abandon } = await setUp(t);
  await abandon(await draft(), 80_000);
  for (const bytes of [120_000, 121_000]) {
    const next = await draft();
    const offset = next.part?.bytes ?? 0;
    next.begin({ ...HEAD, httpStatus: 206, offset });
    await next.write(BODY.subarray(offset, bytes));
    await next.discard({ keep: true });
    assert.deepEqual(await list(), [`${KEY}.json`, `${KEY}.part`]);
  }
  const last = await draft();
  assert.equal(last.part?.bytes, 121_000);
  assert.deepEqual(await finish(last), BODY);
});

test('FileDraft.discard: keeps a part that got no response, on request', async (t) => {
  const { draft, list, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  await (await draft()).discard({ keep: true });
  const next = await draft();
  assert.equal(next.part?.bytes, 100_000);
  await next.discard();
  assert.deepEqual(await list(), []);
});

test('FileDraft.discard: the same run finds the part it has kept', async (t) => {
  const { open } = await setUp(t);
  const sink = await open();
  const first = await sink.open(ITEM);
  await receive(first, 100_000);
  await first.discard({ keep: true });
  const again = await sink.open(ITEM);
  assert.equal(again.part?.bytes, 100_000);
  await again.discard();
  assert.equal((await sink.open(ITEM)).part, undefined);
});

test('FileDraft.discard: a small body is not worth a part', async (t) => {
  const { draft, list } = await setUp(t);
  const small = await draft();
  await receive(small, 60_000);
  await small.discard({ keep: true });
  assert.deepEqual(await list(), []);
});

test('FileDraft.discard: keeps nothing without a validator', async (t) => {
  const { draft, list, abandon } = await setUp(t);
  for (const etag of [undefined, 'W/"1"']) {
    const big = await draft();
    await receive(big, 100_000, { etag });
    await big.discard({ keep: true });
    assert.deepEqual(await list(), []);
    await abandon(await draft(), 100_000, { etag });
    assert.equal((await draft()).part, undefined);
  }
});

test('FileDraft.begin: a changed file starts anew, also if that run is killed', async (t) => {
  const { draft, kill, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  const changed = await draft();
  assert.equal(changed.part?.bytes, 100_000);
  changed.begin({ ...HEAD, etag: '"2"' });
  // Until its first bytes arrive the old part remains.
  const meanwhile = await draft();
  assert.equal(meanwhile.part?.etag, '"1"');
  await changed.write(Buffer.alloc(110_000, 'new'));
  await kill(changed);
  const next = await draft();
  const { beginning, ...part } = next.part ?? {};
  assert.equal((await beginning?.(3))?.toString(), 'new');
  assert.deepEqual(part, {
    bytes: 110_000,
    etag: '"2"',
    lastModified: undefined,
    length: BODY.length,
  });
  await next.restart();
  assert.equal(next.part, undefined);
  assert.deepEqual(await finish(next), BODY);
});

test('FileDraft.begin: a changed file that is small leaves nothing of the old part', async (t) => {
  const { draft, list, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  const changed = await draft();
  changed.begin({ ...HEAD, etag: '"2"', length: 3 });
  await changed.write(Buffer.from('new'));
  assert.equal(await readFile((await changed.commit()).path, 'utf8'), 'new');
  assert.deepEqual(await list(), []);
});

test('FileDraft.begin: refuses a body that does not begin where the part ends', async (t) => {
  const { draft, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  const next = await draft();
  for (const offset of [1, 99_999, 100_001]) {
    assert.throws(() => next.begin({ ...HEAD, httpStatus: 206, offset }), { reason: 'range' });
  }
});

test('Parts: of a complete part only the last byte is requested again', async (t) => {
  const { draft, abandon } = await setUp(t);
  await abandon(await draft(), BODY.length);
  const next = await draft();
  assert.equal(next.part?.bytes, BODY.length - 1);
  assert.deepEqual(await finish(next), BODY);
});

test('Parts: refuses to keep the parts behind a link', async (t) => {
  const { directory, open } = await setUp(t);
  await symlink(await temporaryDirectory(t), join(directory, '.flaghoist'));
  await assert.rejects(open(), { name: 'BrokenRunError', message: /\.flaghoist is a link/ });
});

test('Parts: two rows with the same key do not share a part', async (t) => {
  const { directory, draft, open, list, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  const sink = await open({ onCollision: 'rename' });
  const first = await sink.open(ITEM);
  const second = await sink.open(ITEM);
  assert.equal(first.part?.bytes, 100_000);
  assert.equal(second.part, undefined);
  await receive(second, 200_000);
  assert.equal((await list()).length, 3);
  assert.deepEqual(await finish(first), BODY);
  await second.write(BODY.subarray(200_000));
  assert.deepEqual(await readFile((await second.commit()).path), BODY);
  assert.deepEqual(await list(), []);
  assert.deepEqual((await readdir(directory)).sort(), ['.flaghoist', 'a-1.bin', 'a.bin']);
});

test('Parts: many drafts at once, some with parts', async (t) => {
  const { open, list, abandon } = await setUp(t);
  const items = Array.from({ length: 30 }, (_, index) => ({ index, url: `http://h/${index}` }));
  const killed = await open();
  for (const [i, item] of items.entries()) {
    if (i % 3 > 0) await abandon(await killed.open(item), i * 10_000);
  }
  const sink = await open();
  await Promise.all(
    items.map(async (item, i) => {
      const draft = await sink.open(item);
      const isLeft = i % 3 > 0 && i * 10_000 > 98_304;
      assert.equal(draft.part?.bytes, isLeft ? i * 10_000 : undefined);
      assert.deepEqual(await finish(draft), BODY);
    }),
  );
  assert.deepEqual(await list(), []);
});

test('FileDraft.commit: the digest and the checksum cover the part as well', async (t) => {
  const { directory, draft, abandon } = await setUp(t);
  const sha256 = hash('sha256', BODY);
  for (const algorithm of ['sha256', 'sha1'] as const) {
    const item = { checksum: { algorithm, hex: hash(algorithm, BODY) } };
    const options = { digest: true };
    for (const rest of [10, 100_000]) {
      await rm(join(directory, 'a.bin'), { force: true });
      await abandon(await draft(item, options), BODY.length - rest);
      const next = await draft(item, options);
      assert.equal(next.part?.bytes, BODY.length - rest);
      next.begin({ ...HEAD, httpStatus: 206, offset: BODY.length - rest });
      await next.write(BODY.subarray(BODY.length - rest));
      assert.equal((await next.commit()).digest, `sha256:${sha256}`);
    }
  }
});

test('FileDraft.commit: a part with wrong bytes is detected and removed', async (t) => {
  const { directory, draft, parts, list, abandon } = await setUp(t);
  const item = { checksum: { algorithm: 'sha256', hex: hash('sha256', BODY) } } as const;
  await abandon(await draft(item), 100_000);
  await writeFile(join(parts, `${KEY}.part`), Buffer.alloc(100_000));
  const next = await draft(item);
  await assert.rejects(finish(next), { name: 'ChecksumError' });
  assert.equal(next.part, undefined);
  // Another try starts anew, and discarding leaves nothing, even with `keep`.
  await next.restart();
  await receive(next, 100_000);
  await next.restart();
  await next.discard({ keep: true });
  assert.deepEqual(await list(), []);
  assert.ok(!existsSync(join(directory, 'a.bin')));
});

test('Parts: removes only temporary files and halves of parts', async (t) => {
  const { draft, parts, list, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  const other = 'f'.repeat(64);
  const theirs = [
    ...[`${other}.part.bak`, `x${other}.part`, `${other.slice(1)}.part`, `${other}.parts`],
    ...['1234-5.tmp.txt', 'notes.txt', 'x1-2.tmp'],
  ];
  for (const name of ['1234-567.tmp', `${other}.part`, ...theirs]) {
    await writeFile(join(parts, name), 'x');
  }
  await draft();
  assert.deepEqual(await list(), [`${KEY}.json`, `${KEY}.part`, ...theirs].sort());
});

test('Parts: staging files are among the parts, not beside the final names', async (t) => {
  const { directory, draft, list } = await setUp(t);
  const big = await draft();
  await receive(big, 100_000);
  assert.deepEqual(await readdir(directory), ['.flaghoist']);
  assert.deepEqual(await list(), [`${KEY}.json`, `${KEY}.part`]);
  await big.discard();
});

test('sweepParts: removes all parts but those to keep', async (t) => {
  const { open, parts, list, abandon } = await setUp(t);
  const sink = await open();
  const items = ['a', 'b', 'c'].map((name, index) => ({ index, url: `http://h/${name}` }));
  for (const item of items) await abandon(await sink.open(item), 100_000);
  await writeFile(join(parts, '1-1.tmp'), '');
  const key = partKey({ url: 'http://h/b' });
  await sweepParts(parts, new Set([key]));
  assert.deepEqual(await list(), [`${key}.json`, `${key}.part`]);
  await sweepParts(parts);
  assert.deepEqual(await list(), []);
  await sweepParts(join(parts, 'missing'));
});

test('sweepParts: throws if the directory cannot be read', async (t) => {
  const file = join(await temporaryDirectory(t), 'parts');
  await writeFile(file, '');
  await assert.rejects(sweepParts(file), { code: 'ENOTDIR' });
});

test('Parts: the key of a row that has ended is free for the next one', async (t) => {
  const { open, list } = await setUp(t);
  const sink = await open({ onCollision: 'rename' });
  for (const end of ['commit', 'discard', 'commit'] as const) {
    const draft = await sink.open(ITEM);
    await receive(draft, BODY.length);
    assert.deepEqual(await list(), [`${KEY}.json`, `${KEY}.part`]);
    await draft[end]();
    assert.deepEqual(await list(), []);
  }
});

test('FileDraft.begin: records the new version of a file that changes during a run', async (t) => {
  const { draft, kill, list } = await setUp(t);
  const changing = await draft();
  await receive(changing, 100_000);
  await receive(changing, 110_000, { etag: '"2"', lastModified: MODIFIED });
  await kill(changing);
  const next = await draft();
  const { beginning, ...part } = next.part ?? {};
  assert.deepEqual(await beginning?.(3), BODY.subarray(0, 3));
  assert.deepEqual(part, {
    bytes: 110_000,
    etag: '"2"',
    lastModified: MODIFIED,
    length: BODY.length,
  });
  assert.deepEqual(await finish(next), BODY);
  assert.deepEqual(await list(), []);
});

test('Parts: ignores a part that was removed after the run began', async (t) => {
  const { draft, abandon, open, parts, list } = await setUp(t);
  await abandon(await draft(), 100_000);
  for (const name of [`${KEY}.part`, `${KEY}.json`]) {
    const sink = await open({ replaceExisting: true });
    await rm(join(parts, name));
    const next = await sink.open(ITEM);
    assert.equal(next.part, undefined);
    assert.deepEqual(await finish(next), BODY);
    assert.deepEqual(await list(), []);
    await abandon(await draft({}, { replaceExisting: true }), 100_000);
  }
});

test('Parts: a part that cannot be read fails its row, and leaves the name to others', async (t) => {
  const { draft, abandon, open, parts, list } = await setUp(t);
  await abandon(await draft(), 100_000);
  const sink = await open();
  await rm(join(parts, `${KEY}.json`));
  await mkdir(join(parts, `${KEY}.json`));
  await assert.rejects(async () => await sink.open(ITEM), { code: 'EISDIR' });
  await rm(join(parts, `${KEY}.json`), { recursive: true });
  const next = await sink.open(ITEM);
  await receive(next, 100_000);
  assert.deepEqual(await list(), [`${KEY}.json`, `${KEY}.part`]);
  await next.restart();
  assert.deepEqual(await finish(next), BODY);
});
