import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSize } from '../../../src/cli/options/size.ts';
import { UsageError } from '../../../src/cli/options/usage-error.ts';

for (const [text, bytes] of [
  ['0', 0],
  ['500', 500],
  ['500b', 500],
  ['10k', 10_000],
  ['10kB', 10_000],
  ['10K', 10_000],
  ['1.5MB', 1_500_000],
  ['2g', 2e9],
  ['1t', 1e12],
  ['1KiB', 1024],
  ['2GiB', 2 * 2 ** 30],
  ['1.5mi', 1.5 * 2 ** 20],
  [' 7 ', 7],
  ['0.0001k', 0],
] as const) {
  test(`parseSize: '${text}' is ${bytes} bytes`, () => {
    assert.equal(parseSize(text, '--max-size S'), bytes);
  });
}

for (const text of ['', 'k', '-1', '1x', '1 000', '1e3', '.5k', '1.', '10kk', '1bb', 'Infinity']) {
  test(`parseSize: '${text}' is no size`, () => {
    assert.throws(
      () => parseSize(text, '--max-size S'),
      new UsageError('--max-size S must be a size such as 500k, 10MB or 2GiB'),
    );
  });
}
