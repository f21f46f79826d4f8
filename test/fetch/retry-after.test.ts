import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter } from '../../src/fetch/retry-after.ts';

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

for (const [value, ms] of [
  [undefined, undefined],
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['Sun, 22 Nov 2026 10:01:00 GMT', 60_000],
  ['Sunday, 22-Nov-26 10:01:00 GMT', 60_000],
  ['Sun Nov 22 10:01:00 2026', 60_000],
  ['Sun, 22 Nov 2026 09:59:00 GMT', 0],
  ['', undefined],
  ['soon', undefined],
  ['on Sun, 22 Nov 2026 10:01:00 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['2026-11-22', undefined],
  ['Sun, 99 Nov 2026 10:01:00 GMT', undefined],
] as const) {
  test(`parseRetryAfter: ${JSON.stringify(value)} is ${ms} ms`, () => {
    assert.equal(parseRetryAfter(value, NOW), ms);
  });
}

test('parseRetryAfter: dates are in GMT, whatever the time zone of this machine', (t) => {
  const { TZ } = process.env;
  t.after(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });
  process.env.TZ = 'Asia/Tokyo';
  assert.equal(new Date(NOW).getHours(), 19);
  assert.equal(parseRetryAfter('Sun Nov 22 10:01:00 2026', NOW), 60_000);
  assert.equal(parseRetryAfter('Sun Nov  1 10:01:00 2026', Date.UTC(2026, 10, 1, 10)), 60_000);
  assert.equal(parseRetryAfter('Sunday, 22-Nov-26 10:01:00 GMT', NOW), 60_000);
});
