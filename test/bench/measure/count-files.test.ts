import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { countFiles } from '../../../bench/measure/count-files.ts';

test('countFiles: skips directories with a leading dot', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-count-'));
  try {
    for (const name of ['a/b', '.flaghoist'])
      await mkdir(join(directory, name), { recursive: true });
    for (const name of ['one', 'a/two', 'a/b/three', '.flaghoist/ledger.db']) {
      await writeFile(join(directory, name), 'four');
    }
    assert.deepEqual(await countFiles(directory), { files: 3, bytes: 12 });
  } finally {
    await rm(directory, { recursive: true });
  }
});
