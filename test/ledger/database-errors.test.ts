import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceFor, brokenLedger } from '../../src/ledger/database-errors.ts';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';

test('brokenLedger: says what to do about a full disk, and keeps the cause', () => {
  // 13 with an extension, as SQLite gives it.
  const full = Object.assign(new Error('database or disk is full'), { errcode: 13 | (1 << 8) });
  const broken = brokenLedger('a/ledger.db', full);
  assert.equal(
    broken.message,
    'the ledger a/ledger.db cannot be written: the disk is full; make room and run the same command again',
  );
  assert.equal(broken.cause, full);
});

test('brokenLedger: leaves what is said already as it is', () => {
  const said = new BrokenRunError('said');
  assert.equal(brokenLedger('a/ledger.db', said), said);
});

test('adviceFor: passes on what it has no advice for', () => {
  assert.equal(
    adviceFor('a/ledger.db', undefined, 'odd'),
    'the ledger a/ledger.db cannot be used: odd',
  );
});
