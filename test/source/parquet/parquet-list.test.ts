import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { readList } from '../../../src/source/read-list.ts';
import { fileOf, parquetOf, rowsIn } from './parquet-file.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const DUCKDB = join(FIXTURES, 'duckdb.parquet');

const urls = (count: number) => Array.from({ length: count }, (_, i) => `http://a/${i + 1}`);
const LIST = parquetOf([
  { name: 'id', data: [7, 8, 9] },
  { name: 'URL', data: urls(3) },
  { name: 'file_name', data: ['x.jpg', null, 'z.jpg'] },
  { name: 'md5', data: [null, '0f'.repeat(16), null] },
]);

test('parquetBatches: columns have their meaning by their names, as in CSV', async (t) => {
  const path = await fileOf(t, 'list.parquet', LIST);
  const columns = { id: '7', URL: 'http://a/1', file_name: 'x.jpg', md5: '' };
  const [first, second] = await rowsIn(path);
  assert.deepEqual(first, { url: 'http://a/1', name: 'x.jpg', columns });
  const checksum = { algorithm: 'md5', hex: '0f'.repeat(16) };
  const others = { id: '8', URL: 'http://a/2', file_name: '', md5: checksum.hex };
  assert.deepEqual(second, { url: 'http://a/2', checksum, columns: others });
});

test('parquetBatches: reads the columns that are asked for, and no others', async (t) => {
  const path = await fileOf(t, 'list.parquet', LIST);
  const [row] = await rowsIn(path, { columns: ['id'], nameColumn: '', checksumColumn: '' });
  assert.deepEqual(row, { url: 'http://a/1', columns: { id: '7', URL: 'http://a/1' } });
  const [keyed] = await rowsIn(path, { columns: [], nameColumn: 'id', checksumColumn: '' });
  assert.deepEqual(keyed, {
    url: 'http://a/1',
    name: '7',
    columns: { id: '7', URL: 'http://a/1' },
  });
});

test('parquetBatches: a value of each type of DuckDB is text', async () => {
  const [, second, third] = await rowsIn(DUCKDB);
  assert.deepEqual(second, {
    url: 'http://a/2',
    columns: {
      ...{ url: 'http://a/2', title: 'Título 2', id: '2', big: '2000000000000', dbl: '2.5' },
      ...{ flt: '0.2', flag: 'false', day: '2024-03-01', local: '2024-01-02T03:04:05.25' },
      ...{ utc: '2024-01-02T03:04:05Z', clock: '01:02:03.5', price: '2.50' },
      ...{ uid: '38ec6229-c018-4203-9a15-e8b061fa92f5', 'grp.inner': 'in 2' },
      // Of no text, and not asked for.
      ...{ bytes: 'http://a/2', binary: '', small: '200', huge: '18446744073709551615' },
    },
  });
  assert.equal((third as { columns: { title: string } }).columns.title, '');
});

test('parquetBatches: pages of the second kind, delta encodings and LZ4 of Arrow in Rust', async () => {
  const rows = await rowsIn(join(FIXTURES, 'arrow-rs.parquet'), { nameColumn: 'id' });
  const when = '2024-01-02T03:04:05.25';
  assert.deepEqual(rows.at(-1), {
    ...{ url: 'http://a/6', name: '6', columns: { url: 'http://a/6', id: '6', when } },
  });
  assert.equal(rows.length, 6);
});

test('parquetBatches: bytes that are no text, lists and nulls are bad rows, with their place', async (t) => {
  const place = (row: number) => `duckdb.parquet: row ${row} (row group 1)`;
  const bad = async (column: string, options = {}) =>
    (await rowsIn(DUCKDB, { columns: [], ...options, urlColumn: column }))[0];
  assert.match(String(await bad('id')), /"1" is not a URL/);
  assert.equal(
    await bad('binary'),
    `${place(1)}: the value in the column "binary" is binary, not UTF-8 text`,
  );
  assert.equal(
    await bad('tags'),
    `${place(1)}: the value in the column "tags" is a list or a map, not text`,
  );
  assert.equal(
    await bad('grp'),
    `${place(1)}: the value in the column "grp" is nested or binary, not text`,
  );
  assert.match(String((await rowsIn(DUCKDB, { columns: ['tags'] }))[3]), /^duckdb.parquet: row 4 /);
  const path = await fileOf(
    t,
    'nulls.parquet',
    parquetOf([{ name: 'url', data: ['http://a/1', 'http://a/2', null, 'a/4', 'http://a/5'] }], {
      rowGroupSize: 2,
    }),
  );
  assert.deepEqual((await rowsIn(path)).slice(2, 4), [
    'nulls.parquet: row 3 (row group 2): there is no value in the column "url"',
    'nulls.parquet: row 4 (row group 2): "a/4" is not a URL: it does not begin with http:// or https://',
  ]);
  await assert.rejects(rowsIn(path, { strict: true }), {
    name: 'RowError',
    place: { list: path, line: 3, column: 1, rowGroup: 2 },
  });
});

test('parquetBatches: a value within a group has a name of its own', async () => {
  const [row] = await rowsIn(DUCKDB, { columns: [], nameColumn: 'grp.inner' });
  const columns = { url: 'http://a/1', 'grp.inner': 'in 1' };
  assert.deepEqual(row, { url: 'http://a/1', name: 'in 1', columns });
});

test('parquetBatches: text that the writer did not mark as text, and digests in bytes', async (t) => {
  const url = new TextEncoder().encode('http://a/é');
  const digest = Uint8Array.from({ length: 20 }, (_, i) => 255 - i);
  const content = parquetOf([
    { name: 'url', data: [url], type: 'BYTE_ARRAY' },
    { name: 'sha1', data: [digest], type: 'BYTE_ARRAY' },
  ]);
  const hex = Buffer.from(digest).toString('hex');
  assert.deepEqual(await rowsIn(await fileOf(t, 'x.parquet', content)), [
    {
      ...{ url: 'http://a/é', checksum: { algorithm: 'sha1', hex } },
      columns: { url: 'http://a/é', sha1: hex },
    },
  ]);
});

test('parquetBatches: every compression', async (t) => {
  const compressors = {
    GZIP: (bytes: Uint8Array) => new Uint8Array(zlib.gzipSync(bytes)),
    BROTLI: (bytes: Uint8Array) => new Uint8Array(zlib.brotliCompressSync(bytes)),
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zlib.zstdCompressSync(bytes)),
  };
  const data = Array.from({ length: 3_000 }, (_, i) => `http://a/${i % 7}/${i}`);
  for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'] as const) {
    const options = { codec, compressors, pageSize: 4_000, rowGroupSize: 2_000 };
    const path = await fileOf(t, `${codec}.parquet`, parquetOf([{ name: 'url', data }], options));
    const rows = await rowsIn(path);
    assert.deepEqual(
      rows.map((row) => (row as { url: string }).url),
      data,
      codec,
    );
  }
});

test('parquetBatches: columns whose pages end at different rows stay together', async (t) => {
  const count = 5_000;
  const ids = Array.from({ length: count }, (_, i) => (i % 11 === 0 ? null : i));
  const content = parquetOf(
    [
      { name: 'url', data: urls(count) },
      { name: 'id', data: ids, type: 'INT32', encoding: 'DELTA_BINARY_PACKED' },
      { name: 'kind', data: ids.map((_, i) => `kind ${i % 3}`) },
      { name: 'even', data: ids.map((_, i) => i % 2 === 0) },
    ],
    { pageSize: 700, rowGroupSize: [1_100, 2_000] },
  );
  const rows = await rowsIn(await fileOf(t, 'x.parquet', content));
  assert.equal(rows.length, count);
  for (const [i, row] of rows.entries()) {
    const url = `http://a/${i + 1}`;
    const columns = {
      url,
      id: String(ids[i] ?? ''),
      kind: `kind ${i % 3}`,
      even: `${i % 2 === 0}`,
    };
    assert.deepEqual(row, { url, columns });
  }
});

test('parquetBatches: known by its first bytes, from a file of any name and from a pipe', async (t) => {
  const expected = await rowsIn(await fileOf(t, 'list.parquet', LIST));
  assert.deepEqual(await rowsIn(await fileOf(t, 'list.txt', LIST)), expected);
  const chunks = [LIST.subarray(0, 2), LIST.subarray(2, 50), LIST.subarray(50)];
  for (const format of [undefined, 'parquet'] as const) {
    assert.deepEqual(await rowsIn('-', { stdin: Readable.from(chunks), format }), expected);
  }
});

test('parquetBatches: a missing column is one line, with the columns that there are', async (t) => {
  const path = await fileOf(t, 'list.parquet', LIST);
  const columns = 'the columns are "id", "URL", "file_name", "md5"';
  const missing = `${path}: there is no column "ulr" (did you mean "URL"?); ${columns}`;
  for (const options of [{ urlColumn: 'ulr' }, { columns: ['ulr'] }, { keyColumn: 'ulr' }]) {
    await assert.rejects(rowsIn(path, options), { message: missing });
  }
});

test('parquetBatches: a file without rows is an empty list', async (t) => {
  const content = parquetOf([{ name: 'url', data: [], type: 'STRING' }]);
  const path = await fileOf(t, 'none.parquet', content);
  await assert.rejects(rowsIn(path), { message: `${path}: is empty: there is no row in it` });
});

test('parquetBatches: leaving closes the file', async (t) => {
  const path = await fileOf(t, 'list.parquet', LIST);
  const iterator = readList({ path })[Symbol.asyncIterator]();
  await iterator.next();
  assert.deepEqual(await iterator.return?.(), { done: true, value: undefined });
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
});
