import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelledOutcome, type Outcome } from '../../src/model/outcome.ts';
import { OutcomeAudit } from '../../src/observe/outcome-audit.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';

const ITEM = { index: 0, url: 'http://h/' };
const OK: Outcome = { item: ITEM, status: 'ok', path: 'p', bytes: 1, httpStatus: 200, attempts: 1 };

test('OutcomeAudit: without outcomes every name is unaccounted for', () => {
  const audit = new OutcomeAudit(['BR', 'IN']);
  assert.deepEqual(audit.tally, EMPTY_TALLY);
  assert.deepEqual(audit.unaccounted(), ['BR', 'IN']);
});

test('add: each name once, in any order, is all accounted for', () => {
  const audit = new OutcomeAudit(['BR', 'IN']);
  audit.add('IN', cancelledOutcome(ITEM));
  audit.add('BR', OK);
  assert.deepEqual(audit.tally, { ...EMPTY_TALLY, ok: 1, cancelled: 1 });
  assert.deepEqual(audit.unaccounted(), []);
});

test('add: a name whose outcome was lost is unaccounted for', () => {
  const audit = new OutcomeAudit(['BR', 'CN', 'IN']);
  audit.add('BR', OK);
  audit.add('IN', OK);
  assert.deepEqual(audit.unaccounted(), ['CN']);
});

test('add: a second outcome of a name is unaccounted for, and not counted', () => {
  const audit = new OutcomeAudit(['BR']);
  audit.add('BR', OK);
  audit.add('BR', OK);
  assert.equal(audit.tally.ok, 1);
  assert.deepEqual(audit.unaccounted(), ['BR']);
});

test('add: a name that was never asked for is unaccounted for, and not counted', () => {
  const audit = new OutcomeAudit([]);
  audit.add('XX', OK);
  assert.deepEqual(audit.tally, EMPTY_TALLY);
  assert.deepEqual(audit.unaccounted(), ['XX']);
});

test('cancelRest: counts those whose turn never came', () => {
  const audit = new OutcomeAudit(['BR', 'CN', 'IN']);
  audit.add('BR', OK);
  audit.cancelRest();
  assert.deepEqual(audit.tally, { ...EMPTY_TALLY, ok: 1, cancelled: 2 });
  assert.deepEqual(audit.unaccounted(), []);
});

test('cancelRest: a later outcome is unaccounted for', () => {
  const audit = new OutcomeAudit(['BR']);
  audit.cancelRest();
  audit.add('BR', OK);
  assert.deepEqual(audit.unaccounted(), ['BR']);
});

test('tally: a value that does not change with later outcomes', () => {
  const audit = new OutcomeAudit(['BR']);
  const before = audit.tally;
  audit.add('BR', OK);
  assert.deepEqual(before, EMPTY_TALLY);
});
