import assert from 'node:assert/strict';
import { lstat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { Item } from '../../src/model/item.ts';
import { EarlierFiles } from '../../src/recording/earlier-files.ts';
import { FileOwners } from '../../src/recording/file-owners.ts';
import { anItem, ok, openLedger, runOf } from '../ledger/support.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A run on a directory with the files of two rows, and one that is in no record. */
async function setUp(t: TestContext, { wasKilled = false } = {}) {
  const directory = await temporaryDirectory(t);
  if (wasKilled) await Ledger.open(directory).close('broken');
  for (const name of ['0.jpg', '1.jpg', 'x.jpg']) {
    await writeFile(join(directory, name), '0123456789');
  }
  const savedAt = Date.now();
  await runOf(directory, [ok(anItem(0), { savedAt }), ok(anItem(1), { savedAt })]);
  const ledger = openLedger(t, directory);
  const placement = { location: undefined, naming: undefined };
  const earlier = new EarlierFiles(ledger, { directory }, placement);
  const owners = new FileOwners(ledger, earlier, { directory });
  const mayReplace = async (item: Item, name: string) => {
    const path = join(directory, name);
    return owners.mayReplace(item, path, await lstat(path));
  };
  const recalled = (item: Item) => {
    earlier.recall(item);
    return item;
  };
  return { directory, owners, mayReplace, recalled };
}

test('FileOwners.mayReplace: only the own file of a row, while it is as it was saved', async (t) => {
  const { directory, mayReplace, recalled } = await setUp(t);
  const item = recalled(anItem(0));
  assert.equal(await mayReplace(item, '0.jpg'), true);
  assert.equal(await mayReplace(item, '1.jpg'), false);
  assert.equal(await mayReplace(item, 'x.jpg'), false);
  await writeFile(join(directory, '0.jpg'), 'longer than it was saved');
  assert.equal(await mayReplace(item, '0.jpg'), 'changed');
});

test('FileOwners.mayReplace: the file of a row with the same URL is a duplicate', async (t) => {
  const { mayReplace, recalled } = await setUp(t);
  const { url } = anItem(1);
  assert.equal(await mayReplace(recalled(anItem(2, { url, name: 'a' })), '1.jpg'), 'duplicate');
});

test('FileOwners.mayReplace: contents tell whether a killed run saved the file', async (t) => {
  const { mayReplace, recalled } = await setUp(t, { wasKilled: true });
  assert.equal(await mayReplace(recalled(anItem(2)), 'x.jpg'), 'if-same');
});

test('FileOwners: whose file is recorded at a path', async (t) => {
  const { owners, recalled } = await setUp(t);
  const item = recalled(anItem(0));
  assert.deepEqual(
    ['0.jpg', '1.jpg', 'x.jpg'].map((path) => [
      owners.recordedAt(item, path),
      owners.isOfAnother(item, path),
    ]),
    [
      [10, false],
      [undefined, true],
      [undefined, false],
    ],
  );
});
