import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpStatusError } from '../../src/model/failure.ts';
import { failedOutcome, type Outcome, skippedOutcome } from '../../src/model/outcome.ts';
import { pageReasons, RowGroups } from '../../src/report/row-groups.ts';

const item = (index: number) => ({ index, url: `https://u:p@example.com/${index}` });

test('RowGroups: a group for each status and reason, the largest first, with the first of its rows', () => {
  const groups = new RowGroups();
  const ok: Outcome = { item: item(0), status: 'ok', bytes: 10, attempts: 1 };
  const failed = (index: number, status: number) =>
    failedOutcome(item(index), new HttpStatusError(status));
  for (const outcome of [
    failed(1, 503),
    ok,
    failed(2, 500),
    failed(3, 503),
    { ...ok, bytes: 5 },
    ok,
  ]) {
    groups.add(outcome);
  }
  groups.add(skippedOutcome(item(4), 'already-there'));
  const found = groups.all();
  assert.deepEqual(
    found.map(({ status, reason, rows, bytes, example }) => [
      status,
      reason,
      rows,
      bytes,
      example.url,
    ]),
    [
      ['ok', undefined, 3, 25, 'https://example.com/0'],
      ['failed', 'http-503', 2, 0, 'https://example.com/1'],
      ['failed', 'http-500', 1, 0, 'https://example.com/2'],
      ['skipped', 'already-there', 1, 0, 'https://example.com/4'],
    ],
  );
  assert.equal(found[1]?.example.message, '503');
  groups.add(ok);
  assert.equal(found[0]?.rows, 3);
});

test('pageReasons: advice for what is not done, and no secrets', () => {
  const example = { url: 'https://u:p@example.com/', message: 'at https://u:p@example.com/\n' };
  const group = { rows: 1, bytes: 2, example };
  const reasons = pageReasons([
    { ...group, status: 'ok', reason: undefined },
    { ...group, status: 'skipped', reason: 'already-there' },
    { ...group, status: 'cancelled', reason: 'cancelled' },
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
