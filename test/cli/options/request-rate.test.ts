import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandwidth, wordOr } from '../../../src/cli/options/option-values.ts';
import { parseRequestRate } from '../../../src/cli/options/request-rate.ts';
import { UsageError } from '../../../src/cli/options/usage-error.ts';

for (const [text, perSecond] of [
  ['50/s', 50],
  ['50', 50],
  ['0.5/s', 0.5],
  ['120/min', 2],
  ['120/m', 2],
  ['3600/h', 1],
  ['86400/d', 1],
] as const) {
  test(`parseRequestRate: ${text} is ${perSecond} a second`, () => {
    assert.equal(parseRequestRate(text, '--rate R'), perSecond);
  });
}

for (const text of ['', '0', '0/s', '-1/s', '50/fortnight', 'fast', '1/2', '50 /s x']) {
  test(`parseRequestRate: refuses ${JSON.stringify(text)}`, () => {
    const message = `--rate R must be a rate such as 50/s, 100/min or 1000/h, not '${text}'`;
    assert.throws(
      () => parseRequestRate(text, '--rate R'),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}

test('bandwidth: a size, with or without /s', () => {
  const parse = bandwidth('--bandwidth S');
  assert.deepEqual(['10MB/s', '500k', '1MiB/s'].map(parse), [10_000_000, 500_000, 1_048_576]);
  assert.throws(() => parse('0'), { message: '--bandwidth S must be more than 0' });
  assert.throws(() => parse('fast'), UsageError);
});

test('wordOr: the word itself, or what the text is read as', () => {
  const parse = wordOr('auto', Number);
  assert.deepEqual([parse('auto'), parse('12')], ['auto', 12]);
});
