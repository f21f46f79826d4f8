import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUSES } from '../../src/model/outcome.ts';
import { count, EMPTY_TALLY, total } from '../../src/observe/tally.ts';

test('EMPTY_TALLY: has every status, at 0, and cannot be changed', () => {
  assert.deepEqual(Object.keys(EMPTY_TALLY).sort(), STATUSES.toSorted());
  assert.equal(total(EMPTY_TALLY), 0);
  assert.ok(Object.isFrozen(EMPTY_TALLY));
});

for (const status of STATUSES) {
  test(`count: one more that is ${status}, in that count alone`, () => {
    assert.deepEqual(count(EMPTY_TALLY, { status }), { ...EMPTY_TALLY, [status]: 1 });
  });
}

test('count: several at once, and none', () => {
  const tally = count(count(EMPTY_TALLY, { status: 'ok' }), { status: 'ok' }, 4);
  assert.equal(tally.ok, 5);
  assert.deepEqual(count(tally, { status: 'cancelled' }, 0), tally);
});

test('count: leaves the tally it was given as it was', () => {
  const before = count(EMPTY_TALLY, { status: 'ok' });
  count(before, { status: 'ok' });
  assert.equal(before.ok, 1);
});

test('total: every status counts', () => {
  const tally = STATUSES.reduce((sum, status, i) => count(sum, { status }, 10 ** i), EMPTY_TALLY);
  assert.equal(total(tally), 11_111);
});
