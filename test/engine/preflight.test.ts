import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preflight } from '../../src/engine/preflight.ts';
import type { Item } from '../../src/model/item.ts';
import { RowError } from '../../src/model/row-error.ts';

const ITEM: Item = { index: 0, url: 'http://a/br.gif' };
const FILE = { path: 'd/br.gif', bytes: 3 };
const PROBLEM = new RowError({ list: 'l', line: 1, column: 1 }, 'no URL');

test('preflight: a row that needs a request has its origin, and the time at which it was read', (t) => {
  t.mock.method(performance, 'now', () => 42);
  const expected = {
    ...{ item: ITEM, origin: 'http://a', mirrors: undefined },
    ...{ earlier: undefined, readAt: 42 },
  };
  assert.deepEqual(preflight(ITEM, undefined), expected);
});

test('preflight: keeps the earlier file of a row if the server may have a newer one', () => {
  const earlier = { file: FILE, validators: { etag: '"1"' } };
  const row = preflight(ITEM, earlier);
  assert.equal(row.origin !== undefined && row.earlier, earlier);
});

for (const [what, item, earlier, expected] of [
  ['a file that is there', ITEM, { file: FILE }, ['skipped', 'already-there']],
  ['a row with a problem', { ...ITEM, problem: PROBLEM }, undefined, ['failed', 'bad-row']],
  [
    'a row with a problem whose file is there',
    { ...ITEM, problem: PROBLEM },
    { file: FILE },
    ['failed', 'bad-row'],
  ],
  ['a malformed URL', { ...ITEM, url: 'nonsense' }, undefined, ['failed', 'bad-url']],
] as const) {
  test(`preflight: ${what} is settled without a request`, (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
    const row = preflight(item, earlier);
    assert.ok(row.origin === undefined);
    const { status, reason, startedAt, elapsed, attempts } = row.outcome;
    assert.deepEqual([status, reason], expected);
    assert.deepEqual([startedAt, elapsed, attempts], [1_700_000_000_000, 0, 0]);
  });
}
