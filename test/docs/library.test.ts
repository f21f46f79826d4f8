import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { startFlagServer } from '../../src/server/flag-server.ts';
import { outputOf, snippetsOf } from '../support/snippets.ts';

const LIBRARY = import.meta.resolve('../../src/index.ts');
const server = await startFlagServer({ label: 'LOCAL', port: 0 });
after(() => server.close());

suite('docs/library.md', { concurrency: 2 }, async () => {
  for (const snippet of await snippetsOf(new URL('../../docs/library.md', import.meta.url))) {
    test(`docs/library.md: prints ${snippet.output.trim().replaceAll('\n', ', ')}`, async () => {
      const replacements = {
        "'flaghoist'": `'${LIBRARY}'`,
        'http://localhost:8001/flags': server.url,
      };
      assert.equal(await outputOf(snippet, replacements), snippet.output);
    });
  }
});
