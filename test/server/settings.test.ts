import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dependsOnSeed,
  type FlagServerOptions,
  resolveSettings,
} from '../../src/server/settings.ts';

test('resolveSettings: fills in the preset of the label', () => {
  assert.deepEqual(resolveSettings({ label: 'ERROR', seed: 7 }), {
    label: 'ERROR',
    port: 8003,
    delay: { min: 500, max: 500 },
    lateRate: 0.5,
    errorRate: 0.25,
    seed: 7,
  });
  assert.equal(resolveSettings({ label: 'LOCAL' }).port, 8001);
  assert.deepEqual(resolveSettings({ label: 'LOCAL' }).delay, { min: 0, max: 0 });
  assert.equal(resolveSettings({ label: 'DELAY' }).port, 8002);
  assert.equal(resolveSettings({ label: 'DELAY' }).lateRate, 1);
});

test('resolveSettings: keeps options that are 0', () => {
  const { port, errorRate, lateRate, seed } = resolveSettings({
    label: 'ERROR',
    port: 0,
    errorRate: 0,
    lateRate: 0,
    seed: 0,
  });
  assert.deepEqual([port, errorRate, lateRate, seed], [0, 0, 0, 0]);
});

test('resolveSettings: draws a seed if none is given', () => {
  const seeds = Array.from({ length: 10 }, () => resolveSettings({ label: 'ERROR' }).seed);
  assert.ok(new Set(seeds).size > 1);
});

test('resolveSettings: with a delay, all responses of LOCAL are late', () => {
  const { delay, lateRate } = resolveSettings({ label: 'LOCAL', delay: { min: 5, max: 5 } });
  assert.deepEqual([delay.max, lateRate], [5, 1]);
});

const wrong: readonly [Omit<FlagServerOptions, 'label'>, RegExp][] = [
  [{ port: 65_536 }, /^port must be from 0 to 65535, not 65536$/],
  [{ port: 80.5 }, /^port must be a whole number, not 80\.5$/],
  [{ seed: -1 }, /^seed must be from 0 to 4294967295, not -1$/],
  [{ delay: { min: 2, max: 1 } }, /^delay\.min must be from 0 to 1, not 2$/],
  [{ delay: { min: 0, max: 2 ** 31 } }, /^delay\.max must be/],
  [{ errorRate: 1.1 }, /^errorRate must be from 0 to 1, not 1\.1$/],
  [{ lateRate: Number.NaN }, /^lateRate must be from 0 to 1, not NaN$/],
];
for (const [options, message] of wrong) {
  test(`resolveSettings: refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => resolveSettings({ label: 'ERROR', ...options }), {
      name: 'RangeError',
      message,
    });
  });
}

test('dependsOnSeed: true only if something is left to chance', () => {
  const depends = (options: FlagServerOptions) => dependsOnSeed(resolveSettings(options));
  assert.equal(depends({ label: 'LOCAL' }), false);
  assert.equal(depends({ label: 'LOCAL', lateRate: 0.5 }), false, 'half of no delay is no delay');
  assert.equal(depends({ label: 'DELAY' }), false);
  assert.equal(depends({ label: 'DELAY', lateRate: 0.5 }), true);
  assert.equal(depends({ label: 'DELAY', delay: { min: 0, max: 9 } }), true);
  assert.equal(depends({ label: 'LOCAL', errorRate: 1 }), true, 'which 5xx');
  assert.equal(depends({ label: 'ERROR', errorRate: 0, lateRate: 0 }), false);
});
