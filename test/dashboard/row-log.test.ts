import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowLog } from '../../src/dashboard/row-log.ts';
import type { RowColumns } from '../../src/report/page/page-data.ts';

function logOf(rows: number): RowLog {
  const log = new RowLog();
  addTo(log, rows);
  return log;
}

/** The indexes are not in order, as rows do not end in it. */
function addTo(log: RowLog, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const index = log.length ^ 1;
    const path = index % 3 === 0 ? undefined : `${index}.gif`;
    const url = `https://example.com/${index}`;
    const row = { index, url, status: 'ok', bytes: 1, attempts: 1 } as const;
    log.add(row, { path, start: undefined });
  }
}

/** All rows after a position, in as many batches as there are. */
function rest(log: RowLog, position: number): { indexes: number[]; ends: number[] } {
  const [indexes, ends]: [number[], number[]] = [[], []];
  for (let at = position; ; ) {
    const batch = log.after(at);
    if (batch === undefined) return { indexes, ends };
    const columns = JSON.parse(batch.json.toString()) as RowColumns;
    assert.equal(columns.index.length, batch.next - at);
    assert.ok(Object.values(columns).every((column) => column.length === batch.next - at));
    indexes.push(...columns.index);
    ends.push(batch.next);
    at = batch.next;
  }
}

function indexes(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => (from + i) ^ 1);
}

test('RowLog: rows in the order in which they ended, in batches', () => {
  const { indexes: found, ends } = rest(logOf(1_203), 0);
  assert.deepEqual(found, indexes(0, 1_203));
  assert.deepEqual(ends, [500, 1_000, 1_203]);
});

test('RowLog: goes on from any position, with what came meanwhile', () => {
  const log = logOf(700);
  for (const position of [0, 1, 499, 500, 501, 699]) {
    assert.deepEqual(rest(log, position).indexes, indexes(position, 700), `${position}`);
  }
  assert.equal(log.after(700), undefined);
  addTo(log, 900);
  assert.equal(log.length, 1_600);
  assert.deepEqual(rest(log, 650).indexes, indexes(650, 1_600));
});

test('RowLog.pathOf: the file of a row, sent or not', () => {
  const log = logOf(1_100);
  assert.deepEqual(
    [0, 1, 2, 3, 500, 1_099, 1_100, -1].map((index) => log.pathOf(index)),
    [undefined, '1.gif', '2.gif', undefined, '500.gif', '1099.gif', undefined, undefined],
  );
  addTo(log, 2);
  assert.equal(log.pathOf(1_100), '1100.gif');
});
