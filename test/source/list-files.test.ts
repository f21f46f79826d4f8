import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listFiles, partitionOf } from '../../src/source/list-files.ts';
import { readList } from '../../src/source/read-list.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { plain } from './list-of.ts';
import { parquetOf } from './parquet/parquet-file.ts';

async function directoryOf(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>) {
  const directory = await temporaryDirectory(t);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
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
    message: `${path}: is a directory without a list in it`,
  });
  await mkdir(join(path, '2024'));
  await assert.rejects(listFiles(path), {
    message: `${path}: is a directory without a list in it: give the directories in it, such as 2024`,
  });
});

test('listFiles: the partitions of a table, whose names are columns of its rows', async (t) => {
  const parquet = (columns: Record<string, string>) =>
    parquetOf(Object.entries(columns).map(([name, value]) => ({ name, data: [value] })));
  const directory = await directoryOf(t, {
    'lang=de/a.parquet': parquet({ url: 'http://a/1' }),
    'lang=de/size=10%3A20/b.csv': 'url\nhttp://a/2\n',
    'lang=__HIVE_DEFAULT_PARTITION__/c.jsonl': '{"url":"http://a/3","lang":"own"}\n"http://a/4"\n',
    'lang=fr/d.txt': 'http://a/5\n',
    'lang=fr/_temporary/e.txt': 'http://a/no\n',
    'other/f.txt': 'http://a/no\n',
    'lang=empty/_SUCCESS': '',
    'g.csv': 'url,lang\nhttp://a/0,it\n',
  });
  const columnsOf = async (path: string, columns: readonly string[]) => {
    const rows = await Array.fromAsync(readList({ path, columns }));
    return rows.map((row) => {
      const { url, lang, size } = (row as { columns: Record<string, string> }).columns;
      return [url?.at(-1) ?? (row as { url: string }).url.at(-1), lang, size];
    });
  };
  assert.deepEqual(await columnsOf(directory, ['lang']), [
    ['0', 'it', undefined],
    ['3', 'own', undefined],
    ['4', '', undefined],
    ['1', 'de', undefined],
    ['2', 'de', '10:20'],
    ['5', 'fr', undefined],
  ]);
  assert.deepEqual(await columnsOf(join(directory, 'lang=*/*.{parquet,txt}'), []), [
    ['1', 'de', undefined],
    ['5', 'fr', undefined],
  ]);
  await assert.rejects(columnsOf(directory, ['langs']), {
    message: /g\.csv:1:1: there is no column "langs" \(did you mean "lang"\?\)/,
  });
  await assert.rejects(columnsOf(join(directory, 'lang=de'), ['lang']), {
    message: /a\.parquet: there is no column "lang"/,
  });
});

test('partitionOf: only directories that were not named are columns', () => {
  for (const [path, file, columns] of [
    ['x=1/list', 'x=1/list/y=2/a.csv', { y: '2' }],
    ['x=1/a.csv', 'x=1/a.csv', undefined],
    ['x=1/*/a.csv', 'x=1/y=%zz/a.csv', { y: '%zz' }],
    ['*/a.csv', 'y=2/a.csv', { y: '2' }],
    ['/x=1/y=*/*', '/x=1/y=2/a.csv', { y: '2' }],
    ['-', '-', undefined],
  ] as const) {
    assert.deepEqual(partitionOf(path, file), columns, path);
  }
});
