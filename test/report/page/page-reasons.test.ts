import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageReasons } from '../../../src/report/page/page-reasons.ts';

test('pageReasons: advice for what is not done, and no secrets', () => {
  const example = { url: 'https://u:p@example.com/', message: 'at https://u:p@example.com/\n' };
  const finding = { rows: 1, bytes: 2, example };
  const reasons = pageReasons([
    { ...finding, status: 'ok', reason: undefined },
    { ...finding, status: 'skipped', reason: 'already-there' },
    { ...finding, status: 'cancelled', reason: 'cancelled' },
  ]);
  assert.deepEqual(
    reasons.map(({ advice }) => advice),
    [undefined, undefined, 'run the same command again: it goes on where it stopped'],
  );
  assert.deepEqual(reasons[0]?.example, {
    url: 'https://example.com/',
    message: 'at https://example.com/\\n',
  });
});
