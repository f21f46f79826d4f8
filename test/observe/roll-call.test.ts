import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelledOutcome, type Outcome } from '../../src/model/outcome.ts';
import { RollCall } from '../../src/observe/roll-call.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';

const ITEM = { index: 0, url: 'http://h/' };
const OK: Outcome = { item: ITEM, status: 'ok', path: 'p', bytes: 1, httpStatus: 200, attempts: 1 };

test('RollCall: nobody has answered yet', () => {
  const rollCall = new RollCall(['BR', 'IN']);
  assert.deepEqual(rollCall.tally, EMPTY_TALLY);
  assert.deepEqual(rollCall.unaccounted(), ['BR', 'IN']);
});

test('answer: everyone once, in any order, is all accounted for', () => {
  const rollCall = new RollCall(['BR', 'IN']);
  rollCall.answer('IN', cancelledOutcome(ITEM));
  rollCall.answer('BR', OK);
  assert.deepEqual(rollCall.tally, { ...EMPTY_TALLY, ok: 1, cancelled: 1 });
  assert.deepEqual(rollCall.unaccounted(), []);
});

test('answer: a name whose outcome was lost is unaccounted for', () => {
  const rollCall = new RollCall(['BR', 'CN', 'IN']);
  rollCall.answer('BR', OK);
  rollCall.answer('IN', OK);
  assert.deepEqual(rollCall.unaccounted(), ['CN']);
});

test('answer: a second one is unaccounted for, and not counted', () => {
  const rollCall = new RollCall(['BR']);
  rollCall.answer('BR', OK);
  rollCall.answer('BR', OK);
  assert.equal(rollCall.tally.ok, 1);
  assert.deepEqual(rollCall.unaccounted(), ['BR']);
});

test('answer: a name that was never asked for is unaccounted for, and not counted', () => {
  const rollCall = new RollCall([]);
  rollCall.answer('XX', OK);
  assert.deepEqual(rollCall.tally, EMPTY_TALLY);
  assert.deepEqual(rollCall.unaccounted(), ['XX']);
});

test('cancelRest: counts those whose turn never came', () => {
  const rollCall = new RollCall(['BR', 'CN', 'IN']);
  rollCall.answer('BR', OK);
  rollCall.cancelRest();
  assert.deepEqual(rollCall.tally, { ...EMPTY_TALLY, ok: 1, cancelled: 2 });
  assert.deepEqual(rollCall.unaccounted(), []);
});

test('cancelRest: hides no second answer', () => {
  const rollCall = new RollCall(['BR']);
  rollCall.cancelRest();
  rollCall.answer('BR', OK);
  assert.deepEqual(rollCall.unaccounted(), ['BR']);
});

test('tally: a value that does not change as more answer', () => {
  const rollCall = new RollCall(['BR']);
  const before = rollCall.tally;
  rollCall.answer('BR', OK);
  assert.deepEqual(before, EMPTY_TALLY);
});
