import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { GET_OPTIONS } from '../../src/cli/options/get-options.ts';
import { OTHER_OPTIONS } from '../../src/cli/options/other-tools.ts';

const KNOWN = new Set([
  ...Object.values(GET_OPTIONS).flatMap(({ flags }) => flags.split(/[ ,]+/)),
  ...OTHER_OPTIONS.flatMap(({ flags }) => flags),
]);

for (const tool of ['aria2', 'curl', 'img2dataset', 'wget']) {
  test(`docs/coming-from/${tool}.md: its options are understood or answered`, async () => {
    const page = await readFile(
      new URL(`../../docs/coming-from/${tool}.md`, import.meta.url),
      'utf8',
    );
    const theirs = page.matchAll(/^\| (?<cell>[^|]*`[^|]*) \|/gm).map((row) => row.groups?.cell);
    const options = [...theirs].flatMap((cell = '') => [
      ...cell
        .matchAll(/(?<=[` ])(--?\w[\w-]*)(=false)?/g)
        .map(([, name = '', no = '']) => name + no),
    ]);
    assert.ok(options.length > 10);
    assert.deepEqual(
      options.filter((option) => !KNOWN.has(option)),
      [],
    );
  });
}
