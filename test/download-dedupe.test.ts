import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import type { Outcome } from '../src/model/outcome.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

/** Files whose contents are what is before the dash in their name. */
async function site(t: TestContext) {
  let requests = 0;
  const server = await serveHttp(t, (request, response) => {
    requests++;
    const [text = ''] = (request.url ?? '').slice(1).split('-');
    // The second length is beyond what is kept in memory.
    response.end(text.startsWith('large') ? text.repeat(400_000) : text);
  });
  return {
    rows: (...names: string[]) => names.map((name) => `${server.url}/${name}`),
    requests: () => requests,
  };
}

async function run(rows: readonly string[], options: DownloadOptions): Promise<Outcome[]> {
  const outcomes = await Array.fromAsync(
    download(rows, { ledger: true, dedupe: true, ...options }),
  );
  return outcomes.sort((one, other) => one.item.index - other.item.index);
}

/** The names in a tar archive. */
async function membersOf(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('tar', ['tf', file]);
  return stdout.trim().split('\n');
}

async function inodes(directory: string, ...names: string[]): Promise<number> {
  const stats = await Promise.all(names.map((name) => stat(join(directory, name))));
  return new Set(stats.map(({ ino }) => ino)).size;
}

for (const ledger of [true, false]) {
  test(`download: with dedupe equal contents are stored once, ${ledger ? 'with' : 'without'} a ledger`, async (t) => {
    const directory = await temporaryDirectory(t);
    const { rows } = await site(t);
    const names = ['a-1', 'a-2', 'b-1', 'a-3', 'large-1', 'large-2'];
    const outcomes = await run(rows(...names), { directory, ledger, maxRequests: 6 });
    assert.ok(outcomes.every(({ status }) => status === 'ok'));
    assert.equal(await inodes(directory, 'a-1', 'a-2', 'a-3'), 1);
    assert.equal(await inodes(directory, 'large-1', 'large-2'), 1);
    assert.equal(await inodes(directory, ...names), 3);
    assert.equal(await readFile(join(directory, 'a-3'), 'utf8'), 'a');
    assert.equal(outcomes.filter(({ duplicateOf }) => duplicateOf !== undefined).length, 3);
    for (const { path, duplicateOf } of outcomes) assert.notEqual(path, duplicateOf);
  });
}

test('download: with dedupe a later run shares files of earlier ones, and asks for none again', async (t) => {
  const directory = await temporaryDirectory(t);
  const { rows, requests } = await site(t);
  await run(rows('a-1', 'a-2'), { directory });
  const [, , third] = await run(rows('a-1', 'a-2', 'a-3'), { directory });
  assert.equal(requests(), 3);
  assert.equal(await inodes(directory, 'a-1', 'a-2', 'a-3'), 1);
  assert.match(third?.duplicateOf ?? '', /a-[12]$/);
  const again = await run(rows('a-1', 'a-2', 'a-3'), { directory });
  assert.deepEqual(
    again.map(({ reason }) => reason),
    Array(3).fill('already-there'),
  );
  assert.equal(requests(), 3);
});

test('download: with dedupe a file that was changed or removed is not shared', async (t) => {
  const directory = await temporaryDirectory(t);
  const { rows } = await site(t);
  await run(rows('aaa-1', 'bbb-1'), { directory });
  await writeFile(join(directory, 'aaa-1'), 'xxx');
  await rm(join(directory, 'bbb-1'));
  const outcomes = await run(rows('aaa-2', 'bbb-2'), { directory });
  assert.deepEqual(
    outcomes.map(({ duplicateOf }) => duplicateOf),
    [undefined, undefined],
  );
  assert.equal(await readFile(join(directory, 'aaa-2'), 'utf8'), 'aaa');
  assert.equal(await readFile(join(directory, 'aaa-1'), 'utf8'), 'xxx');
});

test('download: with dedupe and overwrite each row keeps its name', async (t) => {
  const directory = await temporaryDirectory(t);
  const { rows } = await site(t);
  const options = { directory, onCollision: 'overwrite', newer: true } as const;
  await run(rows('a-1', 'a-2'), options);
  await rm(join(directory, '.flaghoist'), { recursive: true });
  const again = await run(rows('a-1', 'a-2'), options);
  assert.deepEqual(
    again.map(({ status }) => status),
    ['ok', 'ok'],
  );
  assert.equal(await inodes(directory, 'a-1', 'a-2'), 1);
});

test('download: with dedupe and newer, files of one inode are each replaced', async (t) => {
  const directory = await temporaryDirectory(t);
  let version = 'one';
  const { url } = await serveHttp(t, (_, response) => {
    response.setHeader('etag', `"${version}"`);
    response.end(version);
  });
  const rows = ['a', 'b', 'c'].map((name) => `${url}/${name}`);
  await run(rows, { directory });
  version = 'two';
  const outcomes = await run(rows, { directory, newer: true });
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['ok', 'ok', 'ok'],
  );
  const texts = ['a', 'b', 'c'].map((name) => readFile(join(directory, name), 'utf8'));
  assert.deepEqual(await Promise.all(texts), ['two', 'two', 'two']);
  assert.equal(await inodes(directory, 'a', 'b', 'c'), 1);
});

test('download: with dedupe a shard has equal contents once, and its table all rows', async (t) => {
  const directory = await temporaryDirectory(t);
  const { rows, requests } = await site(t);
  const options = { sink: `tar:${directory}`, shardSize: 2 };
  const first = await run(rows('a-1', 'a-2', 'b-1', 'c-1', 'a-3'), { ...options, maxRequests: 1 });
  const [a, ...shared] = first.filter(({ item }) => item.url.includes('a-'));
  assert.ok(first.every(({ status }) => status === 'ok'));
  assert.deepEqual(
    shared.map(({ path }) => path),
    [a?.path, a?.path],
  );
  assert.deepEqual(
    shared.map(({ duplicateOf }) => duplicateOf),
    [a?.path, a?.path],
  );
  const tars = ['00000.tar', '00001.tar'];
  const members = await Promise.all(tars.map((name) => membersOf(join(directory, name))));
  const files = members.flat().filter((name) => !name.endsWith('.json'));
  assert.equal(files.length, 3);
  // Which table lists a row that shares a file depends on when it ended.
  const sums = { success: 0, duplicate: 0, failed: 0 };
  for (const name of ['00000_stats.json', '00001_stats.json']) {
    const stats = JSON.parse(await readFile(join(directory, name), 'utf8'));
    sums.success += stats.status_dict.success;
    sums.duplicate += stats.status_dict.duplicate ?? 0;
    sums.failed += stats.failed_to_download;
  }
  assert.deepEqual(sums, { success: 3, duplicate: 2, failed: 0 });
  const again = await run(rows('a-1', 'a-2', 'b-1', 'c-1', 'a-3', 'b-2'), options);
  assert.equal(again.filter(({ reason }) => reason === 'already-there').length, 5);
  assert.equal(again[5]?.duplicateOf, first[2]?.path);
  assert.equal(requests(), 6);
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.endsWith('.tar')),
    tars,
  );
});

test('download: dedupe is refused for a sink of the caller', async () => {
  const sink = { open: () => assert.fail('not reached') };
  await assert.rejects(run([], { directory: 'x', sink }), { name: 'TypeError', message: /dedupe/ });
});
