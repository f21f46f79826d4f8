// Parts of files that arrive in ranges, and how much of them a later run continues.
import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileDraft } from '../../src/save/files/file-draft.ts';
import { DirectorySink, type DirectorySinkOptions } from '../../src/save/sinks/directory-sink.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ITEM = { index: 0, url: 'http://h/a.bin' };
const BODY = Buffer.from(Array.from({ length: 900_000 }, (_, i) => i % 251));
const HEAD = { httpStatus: 200, url: ITEM.url, offset: 0, length: BODY.length, etag: '"1"' };

async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const parts = join(directory, '.flaghoist', 'parts');
  /** A draft of a new sink, as in the next run. */
  const open = async (options: DirectorySinkOptions = {}): Promise<FileDraft> => {
    const draft = await (await DirectorySink.open(directory, { parts, ...options })).open(ITEM);
    assert.ok(draft instanceof FileDraft);
    return draft;
  };
  /** Keeps the parts on the disk as they are now, whatever discarding the draft does. */
  const kill = async (killed: FileDraft) => {
    const copy = await temporaryDirectory(t);
    await cp(parts, copy, { recursive: true });
    await killed.join();
    await killed.discard();
    await rm(parts, { recursive: true });
    await cp(copy, parts, { recursive: true });
  };
  /** The length of the part's file. */
  const size = async () => {
    const name = (await readdir(parts)).find((file) => file.endsWith('.part'));
    return (await stat(join(parts, name ?? ''))).size;
  };
  /** The fields of its sidecar that limit it. */
  const described = async () => {
    const name = (await readdir(parts)).find((file) => file.endsWith('.json'));
    const { version, good } = JSON.parse(await readFile(join(parts, name ?? ''), 'utf8'));
    return { version, good };
  };
  return { directory, open, kill, size, described };
}

async function begin(draft: FileDraft, bytes: number): Promise<void> {
  draft.begin(HEAD);
  await draft.write(BODY.subarray(0, bytes));
}

/** One range, all of it. */
async function put(draft: FileDraft, start: number, end: number): Promise<void> {
  const range = draft.range(start);
  await range.write(BODY.subarray(start, end));
  await range.finish();
}

/** Goes on where the part ends, to the end. */
async function finish(draft: FileDraft): Promise<Buffer> {
  const offset = draft.part?.bytes ?? 0;
  draft.begin({ ...HEAD, httpStatus: offset > 0 ? 206 : 200, offset });
  await draft.write(BODY.subarray(offset));
  return await readFile((await draft.commit()).path);
}

test('FileDraft.range: after a kill only the bytes before the first gap are used', async (t) => {
  const { open, kill, size, described } = await setUp(t);
  const draft = await open();
  await begin(draft, 200_000);
  await put(draft, 600_000, 900_000);
  await kill(draft);
  assert.equal(await size(), 900_000);
  // A run without this limit must take the part for useless.
  assert.deepEqual(await described(), { version: 2, good: 200_000 });
  const next = await open();
  assert.equal(next.part?.bytes, 200_000);
  assert.deepEqual(await finish(next), BODY);
});

test('FileDraft.range: its bytes count once there is no gap before them', async (t) => {
  const { open, kill } = await setUp(t);
  const draft = await open();
  await begin(draft, 200_000);
  await put(draft, 400_000, 600_000);
  await put(draft, 200_000, 400_000);
  await kill(draft);
  assert.equal((await open()).part?.bytes, 600_000);
});

test('FileDraft.range: a part that is continued has no limit any more', async (t) => {
  const { open, kill } = await setUp(t);
  const draft = await open();
  await begin(draft, 200_000);
  await put(draft, 600_000, 900_000);
  await kill(draft);
  const next = await open();
  next.begin({ ...HEAD, httpStatus: 206, offset: 200_000 });
  await next.write(BODY.subarray(200_000, 500_000));
  await kill(next);
  assert.equal((await open()).part?.bytes, 500_000);
});

test('FileDraft.join: cuts off what is beyond a gap, where the next response goes on', async (t) => {
  const { open, size } = await setUp(t);
  const draft = await open({ digest: true });
  await begin(draft, 200_000);
  await put(draft, 200_000, 350_000);
  await put(draft, 600_000, 900_000);
  await draft.join();
  assert.deepEqual([draft.part?.bytes, await size()], [350_000, 350_000]);
  assert.deepEqual(await finish(draft), BODY);
});

test('FileDraft.join: bytes that follow it have no limit', async (t) => {
  const { open, kill, described } = await setUp(t);
  const draft = await open();
  await begin(draft, 200_000);
  await put(draft, 600_000, 900_000);
  await draft.join();
  draft.begin({ ...HEAD, httpStatus: 206, offset: 200_000 });
  await draft.write(BODY.subarray(200_000, 500_000));
  await kill(draft);
  assert.deepEqual(await described(), { version: 1, good: undefined });
  assert.equal((await open()).part?.bytes, 500_000);
});

test('FileDraft.join: ranges without bytes change nothing', async (t) => {
  const { open } = await setUp(t);
  const draft = await open();
  await begin(draft, 200_000);
  draft.range(600_000);
  await draft.join();
  assert.equal(draft.part?.bytes, 200_000);
  assert.deepEqual(await finish(draft), BODY);
});

test('FileDraft.commit: a file of ranges except for its first bytes has the right digest', async (t) => {
  const { open, directory } = await setUp(t);
  const [whole, pieces] = [await open({ digest: true }), await open({ digest: true })];
  await begin(pieces, 10);
  await Promise.all([put(pieces, 500_000, 900_000), put(pieces, 10, 500_000)]);
  await pieces.join();
  const { digest, bytes } = await pieces.commit();
  assert.equal(bytes, BODY.length);
  assert.deepEqual(await readFile(join(directory, 'a.bin')), BODY);
  await begin(whole, BODY.length);
  assert.equal((await whole.commit()).digest, digest);
});

test('FileDraft.discard: keeps the bytes before the first gap', async (t) => {
  const { open } = await setUp(t);
  const draft = await open();
  await begin(draft, 200_000);
  await put(draft, 600_000, 700_000);
  await draft.join();
  await draft.discard({ keep: true });
  assert.equal((await open()).part?.bytes, 200_000);
});
