import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listFiles } from '../../src/source/list-files.ts';
import { readList } from '../../src/source/read-list.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { plain } from './list-of.ts';
import { parquetOf } from './parquet/parquet-file.ts';

async function directoryOf(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>) {
  const directory = await temporaryDirectory(t);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), content);
  }
  return directory;
}

test('listFiles: the lists of a directory as Spark writes it, by name', async (t) => {
  const part = (...urls: string[]) => parquetOf([{ name: 'url', data: urls, type: 'STRING' }]);
  const directory = await directoryOf(t, {
    'part-00001-x.snappy.parquet': part('http://a/3'),
    'part-00000-x.snappy.parquet': part('http://a/1', 'http://a/2'),
    'part-00002-x.snappy.parquet': part(),
    _SUCCESS: '',
    '00000_stats.json': '{ "count": 3 }',
    '.part-00000-x.snappy.parquet.crc': 'crc',
    'extra.csv': 'url\nhttp://a/0\n',
    'NOTES.md': '# notes',
  });
  const warnings: string[] = [];
  const onWarning = (line: string) => warnings.push(line);
  const rows = await Array.fromAsync(readList({ path: directory, onWarning }));
  const urls = rows.map((row) => (typeof row === 'object' && 'url' in row ? row.url : row));
  assert.deepEqual(urls, ['http://a/0', 'http://a/1', 'http://a/2', 'http://a/3']);
  assert.deepEqual(warnings, [`${directory}: not read, as the extension says no format: NOTES.md`]);
});

test('listFiles: with a format, every file that is not hidden', async (t) => {
  const directory = await directoryOf(t, { 'part-0': 'http://a/1\n', b: '', '.c': 'x', _d: 'x' });
  const rows = await Array.fromAsync(readList({ path: directory, format: 'lines' }));
  assert.deepEqual(rows.map(plain), ['http://a/1']);
  assert.deepEqual(await listFiles('-'), ['-']);
  assert.deepEqual(await listFiles(join(directory, 'none')), [join(directory, 'none')]);
});

test('listFiles: a pattern stands for the files that it matches, by name', async (t) => {
  const files = { 'b.txt': '', 'a.txt': '', '_c.txt': '', 'd.csv': '', '[x].txt': '' };
  const directory = await directoryOf(t, files);
  await mkdir(join(directory, 'e.txt'));
  const found = await listFiles(join(directory, '*.txt'));
  assert.deepEqual(
    found,
    ['[x].txt', 'a.txt', 'b.txt'].map((name) => join(directory, name)),
  );
  // A file of that name comes first.
  assert.deepEqual(await listFiles(join(directory, '[x].txt')), [join(directory, '[x].txt')]);
  const none = join(directory, '*.jsonl');
  await assert.rejects(listFiles(none), {
    message: `${none}: there is no such file, and none that the pattern matches`,
  });
});

test('listFiles: a directory without a list, or without a row, is one line', async (t) => {
  const failing = async (files: Readonly<Record<string, string>>, message: string) => {
    const path = await directoryOf(t, files);
    await assert.rejects(Array.fromAsync(readList({ path })), { message: `${path}: ${message}` });
  };
  await failing({ _SUCCESS: '' }, 'is a directory without a list in it');
  await failing(
    { 'part-0': 'http://a/1', 'part-1': '' },
    'is a directory, and no file in it is called a list (.parquet, .csv, .jsonl, .txt …): --format says what is in part-0, part-1',
  );
  await failing({ 'a.txt': '', 'b.txt': '# none\n' }, 'has no row in any of its lists');
  const path = await directoryOf(t, {});
  await mkdir(join(path, 'year=2024'));
  await assert.rejects(listFiles(path), {
    message: `${path}: is a directory without a list in it: give the directories in it, such as year=2024`,
  });
});
