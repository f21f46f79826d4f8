import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const CHECKOUT = new URL('../../', import.meta.url);

test('docs/design.md: the files and folders that it names are there', async () => {
  const text = await readFile(new URL('docs/design.md', CHECKOUT), 'utf8');
  const paths = Array.from(
    text.matchAll(/`([\w-]+\/[\w/-]*(?:\.[jt]s)?)`/g),
    ([, path = '']) => path,
  );
  assert.ok(paths.length >= 40, `${paths.length}`);
  const missing = paths.filter(
    (path) => ![path, `src/${path}`].some((place) => existsSync(new URL(place, CHECKOUT))),
  );
  assert.deepEqual(missing, []);
});
