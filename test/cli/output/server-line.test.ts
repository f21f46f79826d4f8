import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeServer } from '../../../src/cli/output/server-line.ts';
import { type FlagServerOptions, resolveSettings } from '../../../src/server/settings.ts';

function describe(options: FlagServerOptions): string {
  const url = 'http://localhost:8001/flags';
  return describeServer({ ...resolveSettings({ ...options, seed: 42 }), url });
}

test('describeServer names label, URL, delay and errors, and the seed where it matters', () => {
  assert.equal(
    describe({ label: 'LOCAL' }),
    'LOCAL  http://localhost:8001/flags  no delay, no errors',
  );
  assert.equal(
    describe({ label: 'DELAY' }),
    'DELAY  http://localhost:8001/flags  every response 500 ms late, no errors',
  );
  assert.equal(
    describe({ label: 'ERROR' }),
    'ERROR  http://localhost:8001/flags  50 % of responses 500 ms late, 25 % errors, seed 42',
  );
});

test('describeServer shows a range of delays and small rates', () => {
  assert.equal(
    describe({ label: 'LOCAL', delay: { min: 100, max: 2000 }, errorRate: 0.001 }),
    'LOCAL  http://localhost:8001/flags  every response 100 to 2000 ms late, 0.1 % errors, seed 42',
  );
});
