import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ThrownFailures } from '../../src/ledger/thrown-failures.ts';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';

test('ThrownFailures.guard: throws one line in place of an error of SQLite, and keeps the first', () => {
  const failures = new ThrownFailures('files');
  assert.equal(
    failures.guard(() => 1),
    1,
  );
  using database = new DatabaseSync(':memory:');
  const ask = (table: string) => failures.guard(() => database.exec(`SELECT * FROM ${table}`));
  const message = /the ledger files.*ledger\.db cannot be used: no such table: a$/;
  assert.throws(() => ask('a'), message);
  assert.throws(() => ask('b'), /no such table: b$/);
  assert.match(failures.first?.message ?? '', message);
});

test('ThrownFailures.guardWriter: keeps a failure that is thrown, and one that is rejected with', async () => {
  const failure = new BrokenRunError('the disk is full');
  const thrown = new ThrownFailures('files');
  const fail = () => {
    throw failure;
  };
  assert.throws(() => thrown.guardWriter(fail), failure);
  assert.equal(thrown.first, failure);
  const rejected = new ThrownFailures('files');
  await assert.rejects(async () => rejected.guardWriter(() => Promise.reject(failure)), failure);
  assert.equal(rejected.first, failure);
  assert.equal(
    thrown.guardWriter(() => undefined),
    undefined,
  );
});
