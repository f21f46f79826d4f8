import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { FAULTS as KINDS } from '../../src/server/faults/catalogue.ts';
import { outputOf, snippetsOf } from '../support/snippets.ts';

const FAULTS = import.meta.resolve('../../src/server/faults/index.ts');

test('docs/faults.md: the example of flaghoist/faults runs, and prints what stands below it', async () => {
  const snippets = await snippetsOf(new URL('../../docs/faults.md', import.meta.url));
  assert.equal(snippets.length, 1);
  for (const snippet of snippets) {
    const printed = await outputOf(snippet, { "'flaghoist/faults'": `'${FAULTS}'` });
    assert.equal(printed, snippet.output);
  }
});

for (const document of ['README.md', 'docs/how-to/try-it.md']) {
  test(`${document}: it has the number of faults that there are`, async () => {
    const text = await readFile(new URL(`../../${document}`, import.meta.url), 'utf8');
    assert.equal(/one of (\d+) things wrong/.exec(text)?.[1], String(KINDS.length));
  });
}
