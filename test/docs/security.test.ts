import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

test('SECURITY.md: each promise names tests, and they are there', async () => {
  const text = await readFile(new URL('../../SECURITY.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| \*\*.+\| (`.+) \|$/gm)];
  assert.ok(rows.length >= 10, `${rows.length}`);
  for (const [row, tests = ''] of rows) {
    const paths = [...tests.matchAll(/`([\w/-]+)`/g)].map(([, path = '']) => path);
    assert.ok(paths.length > 0, row);
    for (const path of paths) {
      assert.ok(existsSync(new URL(`../${path}.test.ts`, import.meta.url)), path);
    }
  }
});
