import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { RowInput, UrlOptions } from '../../src/source/join-rows.ts';
import { RowCount } from '../../src/source/row-count.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { parquetOf } from './parquet/parquet-file.ts';

async function countOf(inputs: readonly RowInput[], options?: UrlOptions) {
  using count = new RowCount(inputs, options);
  await count.start();
  return count.rows;
}

test('RowCount: URLs are known at once, patterns too', () => {
  const inputs = [{ url: 'http://a/[1-20]' }, { url: 'http://a/{b' }];
  assert.equal(new RowCount(inputs).rows, 2);
  assert.equal(new RowCount(inputs, { expand: true }).rows, 21);
});

test('RowCount: by the rules of reading, over several lists and URLs', async (t) => {
  const directory = await temporaryDirectory(t);
  const lists = {
    'a.txt': '# comment\nhttp://a/1\n\n  \nhttp://a/2\nno url\n',
    'b.csv': 'url,title\nhttp://b/1,"two\nlines"\n\nhttp://b/2,"broken\nhttp://b/3,x\n',
    'c.jsonl': '"http://c/1"\n\n{"url":"http://c/2"}\n',
    'd.aria2': 'http://d/1\thttp://e/1\n  out=x\nhttp://d/2\n',
    'e.txt.gz': gzipSync('http://e/1\nhttp://e/2\n'),
  };
  const counts: Record<string, number | undefined> = {};
  for (const [name, content] of Object.entries(lists)) {
    const path = join(directory, name);
    await writeFile(path, content);
    counts[name] = await countOf([{ path, strict: true }]);
  }
  assert.deepEqual(counts, { 'a.txt': 3, 'b.csv': 3, 'c.jsonl': 2, 'd.aria2': 2, 'e.txt.gz': 2 });
  const paths = ['a.txt', 'e.txt.gz'].map((name) => ({ path: join(directory, name) }));
  assert.equal(await countOf([{ url: 'http://x/' }, ...paths]), 6);
});

test('RowCount: of a Parquet file and of a directory, bad rows too', async (t) => {
  const directory = await temporaryDirectory(t);
  const content = parquetOf([{ name: 'url', data: ['http://a/1', null, 'x'] }]);
  await writeFile(join(directory, 'a.parquet'), content);
  await writeFile(join(directory, 'b.txt'), 'http://a/1\nhttp://a/2\n');
  assert.equal(await countOf([{ path: join(directory, 'a.parquet') }]), 3);
  assert.equal(await countOf([{ path: directory }, { url: 'http://x/' }]), 6);
});

test('RowCount: none for stdin, a named pipe, and a list that cannot be read', async (t) => {
  const directory = await temporaryDirectory(t);
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const damaged = join(directory, 'damaged.gz');
  await writeFile(damaged, gzipSync('http://e/1\n'.repeat(99)).subarray(0, 25));
  for (const path of ['-', pipe, damaged, join(directory, 'missing')]) {
    assert.equal(await countOf([{ path }]), undefined, path);
  }
});

test('RowCount: a list that grows has no count any more', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const path = join(await temporaryDirectory(t), 'list.txt');
  await writeFile(path, 'http://a/1\n');
  using count = new RowCount([{ path }]);
  await count.start();
  assert.equal(count.rows, 1);
  await appendFile(path, 'http://a/2\n');
  t.mock.timers.tick(1_000);
  for (let turn = 0; turn < 1_000 && count.rows !== undefined; turn++) await setImmediate();
  assert.equal(count.rows, undefined);
});

test('RowCount: stops at disposal', async (t) => {
  const path = join(await temporaryDirectory(t), 'list.txt');
  await writeFile(path, 'http://a/1\n');
  const count = new RowCount([{ path }]);
  const counting = count.start();
  count[Symbol.dispose]();
  await counting;
  assert.equal(count.rows, undefined);
});
