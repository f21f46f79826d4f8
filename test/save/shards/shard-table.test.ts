import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { rowJson } from '../../../src/save/shards/row-json.ts';
import { RowLines } from '../../../src/save/shards/row-lines.ts';
import { TableThread } from '../../../src/save/shards/table-thread.ts';
import { anItem, ok, refused } from '../../ledger/support.ts';

const TIMES = { startedAt: 1_000, endedAt: 3_500 };

for (const count of [3, 600]) {
  test(`TableThread.make: ${count} rows as Parquet, and their statistics`, async () => {
    const rows = new RowLines();
    for (let i = 0; i < count; i++) {
      const item = anItem(i, { columns: { caption: `dog ${i}` } });
      rows.add(rowJson(ok(item, { savedAt: 5 }), { key: `k${i}`, path: `0.tar/k${i}.jpg` }));
    }
    rows.add(rowJson(refused(anItem(count)), undefined));
    await using tables = new TableThread();
    const { table, stats } = await tables.make(rows, TIMES);
    const file = table.buffer.slice(table.byteOffset, table.byteOffset + table.byteLength);
    const found = await parquetReadObjects({ file });
    assert.equal(found.length, count + 1);
    const { key, index, status, savedAt, caption, bytes, message } = found[1] ?? {};
    assert.deepEqual(
      { key, index, status, savedAt, caption, bytes, message },
      {
        key: 'k1',
        index: 1n,
        status: 'ok',
        savedAt: new Date(5),
        caption: 'dog 1',
        bytes: 10n,
        message: null,
      },
    );
    const last = found.at(-1) ?? {};
    assert.deepEqual([last.key, last.reason, last.caption], [null, 'http-503', null]);
    const columns = parquetSchema(parquetMetadata(file)).children.map(
      ({ element }) => element.name,
    );
    assert.ok(columns.includes('rowKey') && columns.includes('digest'));
    assert.deepEqual(JSON.parse(stats), {
      count: count + 1,
      successes: count,
      failed_to_download: 1,
      bytes: 10 * count,
      duration: 2.5,
      start_time: 1,
      end_time: 3.5,
      status_dict: { success: count, 'http-503': 1 },
    });
  });
}
