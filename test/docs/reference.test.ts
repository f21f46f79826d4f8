import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { referenceFiles } from '../../scripts/reference/reference-files.ts';

test('npm run docs:reference: what it writes is up to date', async () => {
  for (const [path, text] of await referenceFiles()) {
    const written = await readFile(path, 'utf8');
    assert.ok(written === text, `${path} is not up to date: run npm run docs:reference`);
  }
});

test('man/flaghoist.1: groff renders it without a warning', async (t) => {
  const { error, stdout, stderr } = spawnSync(
    'groff',
    ['-man', '-Tutf8', '-ww', '-P-cbou', 'man/flaghoist.1'],
    { encoding: 'utf8' },
  );
  if (error !== undefined) {
    t.skip('groff is not installed');
    return;
  }
  assert.equal(stderr, '');
  assert.match(stdout, /-m, --max-requests/);
  assert.match(stdout, /EXIT STATUS/);
});
