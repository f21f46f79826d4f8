import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  duration,
  integer,
  oneOf,
  repeated,
  size,
} from '../../../src/cli/options/option-values.ts';
import { UsageError } from '../../../src/cli/options/usage-error.ts';

test('duration reads into ms, and names its option', () => {
  assert.equal(duration('--idle-timeout D')('1.5s'), 1500);
  assert.throws(
    () => duration('--idle-timeout D')('soon'),
    new UsageError(
      "--idle-timeout D must be a duration like 500ms, 0.5s, 1m or a number of seconds, not 'soon'",
    ),
  );
});

test('size reads into bytes, and names its option', () => {
  assert.equal(size('--lowest-speed S')('1k'), 1000);
  assert.throws(() => size('--lowest-speed S')('fast'), /^UsageError: --lowest-speed S must be/);
});

test('integer has a least value', () => {
  assert.equal(integer('--tries N', 1)('1'), 1);
  assert.throws(() => integer('--tries N', 1)('0'), new UsageError('--tries N must be >= 1'));
  assert.throws(() => integer('--tries N', 1)('1.5'), /^UsageError: --tries N must be a whole/);
  assert.throws(
    () => integer('--tries N', 1)('9007199254740993'),
    /^UsageError: --tries N must be/,
  );
});

test('repeated keeps all values in their order', () => {
  assert.deepEqual(repeated('b', repeated('a')), ['a', 'b']);
});

test('oneOf takes one of its words, as it is written', () => {
  const read = oneOf('--format F', ['csv', 'tsv']);
  assert.equal(read('tsv'), 'tsv');
  for (const text of ['', 'TSV', 'tsv ', 'toString']) {
    assert.throws(() => read(text), new UsageError('--format F must be one of csv, tsv'));
  }
});
