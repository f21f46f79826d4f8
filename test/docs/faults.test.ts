import assert from 'node:assert/strict';
import { test } from 'node:test';
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
