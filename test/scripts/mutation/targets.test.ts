import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TARGETS } from '../../../scripts/mutation/targets.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

test('TARGETS: every source and every test exists', () => {
  const files = TARGETS.flatMap(({ sources, tests }) => [
    ...sources.map((source) => `src/${source}.ts`),
    ...tests.map((each) => `test/${each}.test.ts`),
  ]);
  const missing = files.filter((file) => !existsSync(join(CHECKOUT, file)));
  assert.deepEqual(missing, []);
});
