import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHostName } from '../../../bench/openweb/host.ts';
import { type ListSettings, type WebRow, webRows } from '../../../bench/openweb/list.ts';
import { USUAL_MIX } from '../../../bench/openweb/mixes.ts';

const SETTINGS: ListSettings = {
  ...{ scheme: 'https', port: 8443, hosts: 1_000, perHost: 3, mix: USUAL_MIX },
  flags: ['br', 'in'],
};
const rows = [...webRows(SETTINGS)];
const hostOf = ({ url }: WebRow) => new URL(url).hostname;

test('webRows: perHost rows for each host, each with its own file name', () => {
  assert.equal(rows.length, 3_000);
  assert.equal(new Set(rows.map(({ name }) => name)).size, 3_000);
  const counts = Map.groupBy(rows, hostOf)
    .values()
    .map((its) => its.length);
  assert.deepEqual([...new Set(counts)], [3]);
});

test('webRows: rows of one host do not follow one another', () => {
  const neighbours = rows.filter(
    (row, index) => index > 0 && hostOf(row) === hostOf(rows[index - 1] as WebRow),
  );
  assert.ok(neighbours.length < 10, `${neighbours.length} of 3,000 do`);
});

test('webRows: only good hosts have files, and not all of them', () => {
  const good = rows.filter((row) => parseHostName(hostOf(row))?.kind === 'good');
  const missing = good.filter(({ flag }) => flag === undefined).length / good.length;
  assert.ok(missing > 0.03 && missing < 0.07, `${missing} are missing`);
  for (const row of rows) {
    if (row.flag !== undefined) assert.ok(good.includes(row));
    assert.ok(row.url.endsWith(`/${row.name}`));
  }
});

test('webRows: the same each time', () => {
  assert.deepEqual([...webRows(SETTINGS)], rows);
});
