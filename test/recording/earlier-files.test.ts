import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EarlierFiles } from '../../src/recording/earlier-files.ts';
import { anItem, ok, openLedger, runOf } from '../ledger/support.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('EarlierFiles.recall: equal rows are told apart by their order', async (t) => {
  const directory = await temporaryDirectory(t);
  const items = Array.from({ length: 20 }, (_, i) => anItem(i, { url: 'https://example.com/' }));
  await runOf(
    directory,
    items.map((item) => ok(item)),
  );
  for (let i = 0; i < 10; i++) await writeFile(join(directory, `${i}.jpg`), '0123456789');
  const placement = { location: undefined, naming: undefined };
  const earlier = new EarlierFiles(openLedger(t, directory), { directory }, placement);
  assert.deepEqual(
    items.map((item) => earlier.recall(item)?.file.path),
    items.map((_, i) => (i < 10 ? join(directory, `${i}.jpg`) : undefined)),
  );
});
