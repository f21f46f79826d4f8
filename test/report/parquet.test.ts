import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DecodedArray, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { ROW_FIELDS, type RowRecord } from '../../src/model/row-fields.ts';
import { parquetPieces } from '../../src/report/parquet.ts';

const record = (index: number, more: Partial<RowRecord> = {}): RowRecord => ({
  ...{ index, url: `http://a/${index}`, status: 'ok', bytes: 2 ** 40, attempts: 1 },
  ...more,
});

async function read(records: Iterable<RowRecord> | AsyncIterable<RowRecord>) {
  const pieces = await Array.fromAsync(parquetPieces(records));
  const bytes = Buffer.concat(pieces);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const rows: Record<string, DecodedArray[number]>[] = await parquetReadObjects({ file });
  return { rows, metadata: parquetMetadata(file), pieces };
}

test('parquetPieces: a column of its type for each field of a row', async () => {
  const startedAt = Date.UTC(2024, 1, 29);
  const failed = { status: 'failed', reason: 'http-503', httpStatus: 503 } as const;
  const { rows, metadata } = await read([
    record(0, { ...{ path: 'é.jpg', elapsed: 1.5, startedAt, insecure: true } }),
    record(1, failed),
  ]);
  assert.deepEqual(
    Object.keys(rows[0] ?? {}),
    ROW_FIELDS.map(({ name }) => name),
  );
  const [first = {}, second = {}] = rows;
  assert.deepEqual(
    [first.index, first.bytes, first.path, first.elapsed, first.startedAt, first.insecure],
    [0n, 2n ** 40n, 'é.jpg', 1.5, new Date(startedAt), true],
  );
  assert.deepEqual(
    [second.reason, second.httpStatus, second.path, second.startedAt, second.insecure],
    ['http-503', 503n, null, null, null],
  );
  const types = Object.fromEntries(
    metadata.schema.map(({ name, converted_type, type }) => [name, converted_type ?? type]),
  );
  assert.deepEqual(
    [types.url, types.bytes, types.savedAt, types.elapsed, types.originDown],
    ['UTF8', 'INT64', 'TIMESTAMP_MILLIS', 'DOUBLE', 'BOOLEAN'],
  );
});

test('parquetPieces: row groups are written one by one, and no rows are a table, too', async () => {
  function* many() {
    for (let i = 0; i < 45_000; i++) yield record(i);
  }
  const { rows, metadata, pieces } = await read(many());
  assert.deepEqual([rows.length, rows.at(-1)?.url], [45_000, 'http://a/44999']);
  assert.deepEqual(
    metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
    [20_000, 20_000, 5_000],
  );
  assert.equal(pieces.length, 3);
  const none = await read((async function* () {})());
  assert.deepEqual([none.rows, Number(none.metadata.num_rows)], [[], 0]);
});
