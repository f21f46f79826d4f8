import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withColumnsOf, withNeededColumns } from '../../src/cli/asked-columns.ts';
import type { RunSettings } from '../../src/download-options.ts';
import { joinRows } from '../../src/source/join-rows.ts';
import { parquetOf } from '../source/parquet/parquet-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

type Asked = Pick<RunSettings, 'names' | 'captionColumn' | 'key'>;

const URL = 'https://host/a';

/** A list of one row in each format that has columns; `table` is a directory of two Parquet files. */
const LISTS: Readonly<Record<string, string | Uint8Array>> = {
  'a.csv': `url,title\n${URL},one\n`,
  'a.tsv': `url\ttitle\n${URL}\tone\n`,
  'a.jsonl': `{"url":"${URL}","title":"one"}\n`,
  'a.json': `[{"url":"${URL}","title":"one"}]\n`,
  'a.parquet': tableOf('title'),
  'table/0.parquet': tableOf('title'),
  'table/1.parquet': tableOf('caption'),
};

function tableOf(column: string): Uint8Array {
  return parquetOf([
    { name: 'url', data: [URL] },
    { name: column, data: ['one'] },
  ]);
}

/** The rows of a list in a run with such options. */
async function rowsOf(path: string, asked: Partial<Asked>, named: { nameColumn?: string } = {}) {
  const settings = { names: undefined, ...asked };
  const [, keyColumn] = asked.key?.split(' ') ?? [];
  const columns = {
    urlColumn: undefined,
    nameColumn: undefined,
    checksumColumn: undefined,
    keyColumn,
    ...named,
  };
  const inputs = withNeededColumns([{ path, ...columns }], settings);
  return await withColumnsOf(settings, joinRows(inputs), { input: [path], ...columns });
}

test('withColumnsOf: a column that no list has is wrong usage in all formats', async (t) => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'table'));
  for (const [name, content] of Object.entries(LISTS))
    await writeFile(join(directory, name), content);
  for (const name of ['a.csv', 'a.tsv', 'a.jsonl', 'a.json', 'a.parquet', 'table']) {
    const path = join(directory, name);
    const cases: [asked: Partial<Asked>, message: RegExp][] = [
      [
        { names: '{titel}.jpg' },
        /^--output TEMPLATE: .*did you mean \{title\}\? .*\{column:title\}$/,
      ],
      [{ captionColumn: 'titel' }, /^--caption-column COLUMN: .*titel \(did you mean title\?\)/],
      [{ key: 'column titel' }, /^--key-column C: .*titel \(did you mean title\?\)/],
    ];
    for (const [asked, message] of cases) {
      await assert.rejects(rowsOf(path, asked), { name: 'UsageError', message }, name);
    }
    const rows = await Array.fromAsync(await rowsOf(path, {}));
    assert.equal(rows.length, name === 'table' ? 2 : 1);
  }
  for (const name of ['a.csv', 'a.tsv', 'a.parquet', 'table']) {
    const message = /no column "titel" \(did you mean "title"\?\)/;
    const rows = rowsOf(join(directory, name), {}, { nameColumn: 'titel' });
    await assert.rejects(rows, { name: 'UsageError', message }, name);
  }
});

test('withColumnsOf: a later list without the column ends the run, in all tables', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const ending of ['csv', 'parquet']) {
    const table = join(directory, ending);
    await mkdir(table);
    for (const column of ['title', 'caption']) {
      const content = ending === 'csv' ? `url,${column}\n${URL},one\n` : tableOf(column);
      await writeFile(join(table, `${column === 'title' ? 0 : 1}.${ending}`), content);
    }
    const rows = await rowsOf(table, { names: '{title}.jpg' });
    const message = new RegExp(
      `/1\\.${ending}(:1:1)?: there is no column "title"; the columns are`,
    );
    await assert.rejects(Array.fromAsync(rows), { message });
  }
});

test('withNeededColumns: samples keep all columns of a Parquet list, and files those of their names', async (t) => {
  const path = join(await temporaryDirectory(t), 'a.parquet');
  const data = { url: URL, title: 'one', caption: 'a dog', width: '7' };
  const columns = Object.entries(data).map(([name, value]) => ({ name, data: [value] }));
  await writeFile(path, parquetOf(columns));
  const columnsWith = async (settings: Parameters<typeof withNeededColumns>[1]) => {
    const [row] = await Array.fromAsync(joinRows(withNeededColumns([{ path }], settings)));
    return (row as { columns: unknown }).columns;
  };
  const captionColumn = 'caption';
  assert.deepEqual(await columnsWith({ names: undefined, captionColumn, sink: 'tar:x' }), data);
  assert.deepEqual(await columnsWith({ names: '{title}', sink: 's3://bucket' }), {
    url: URL,
    title: 'one',
  });
});
