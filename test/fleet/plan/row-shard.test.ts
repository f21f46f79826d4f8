import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compressed,
  idOf,
  lineAgain,
  lineOf,
  rowsIn,
  shardText,
} from '../../../src/fleet/plan/row-shard.ts';
import { BrokenRunError } from '../../../src/model/broken-run-error.ts';
import { itemOf } from '../../../src/model/item.ts';

const ROWS = [
  'https://u:p@a.example/1',
  { url: 'https://b.example/ü\n"', name: 'x', headers: { 'X-A': '1' }, columns: { c: 'd' } },
  { url: 'https://c.example/', mirrors: ['https://d.example/'], key: 'k', directory: 'e' },
  { url: 'https://e.example/', size: 5, checksum: { algorithm: 'md5', hex: '0'.repeat(32) } },
] as const;

test('rowsIn: has the rows that were written, with all that their list said', async () => {
  const items = ROWS.map((row, index) => itemOf(row, index));
  const lines = items.map((item, at) => lineOf(item, 100 + at));
  const rows = await rowsIn(await compressed(shardText(40, lines)), 'a');
  assert.deepEqual(
    rows,
    items.map(({ index, ...item }) => ({ ...item, id: 40 + index, position: 100 + index })),
  );
  const again = rows.toReversed().map(lineAgain);
  assert.deepEqual(again.map(idOf), [43, 42, 41, 40]);
  const read = await rowsIn(await compressed(shardText(null, again)), 'b');
  assert.deepEqual(read, rows.toReversed());
});

test('rowsIn: a row with a problem keeps its message', async () => {
  const problem = new Error('list.txt:1:1: "x" is not a URL');
  const line = lineOf({ index: 0, url: 'x', problem }, 0);
  const [row] = await rowsIn(await compressed(shardText(0, [line])), 'a');
  assert.deepEqual(row, { id: 0, position: 0, url: 'x', problem: problem.message });
});

test('rowsIn: says of a damaged shard what to do', async () => {
  const whole = await compressed(shardText(0, ['[0,"http://a.example/"]']));
  const damaged = [whole.subarray(0, 20), Buffer.from('x'), await compressed('{"flaghoist":2}\n')];
  for (const bytes of damaged) {
    await assert.rejects(rowsIn(bytes, 'p/rows/1'), (error) => {
      assert.ok(error instanceof BrokenRunError);
      assert.match(error.message, /^the row shard p\/rows\/1 is damaged: .*plan the list again/);
      return true;
    });
  }
});
