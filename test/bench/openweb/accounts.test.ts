import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOutcomes } from '../../../bench/openweb/accounts.ts';

test('countOutcomes: rows by reason, else by status; the last line is no row', async () => {
  const lines = [
    { type: 'outcome', status: 'ok' },
    { type: 'outcome', status: 'ok' },
    { type: 'outcome', status: 'failed', reason: 'refused' },
    { type: 'done', total: 3 },
  ];
  assert.deepEqual(await countOutcomes(lines.map((line) => JSON.stringify(line))), {
    rows: 3,
    byReason: new Map([
      ['ok', 2],
      ['refused', 1],
    ]),
  });
});
