import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveNewShard } from '../../../src/fleet/plan/save-shard.ts';
import { BrokenRunError } from '../../../src/model/broken-run-error.ts';
import { DirectoryStorage } from '../../../src/storage/directory-storage.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('saveNewShard: a place that takes no files is one line, and no shard is noted', async (t) => {
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, '');
  const shard = { number: 3, origins: 1, firstId: 0, lines: ['{"url":"http://a/"}'] };
  const noted: unknown[] = [];
  const saving = saveNewShard(shard, {
    plan: { id: 1, name: 'photos' },
    storage: new DirectoryStorage(file),
    saved: new Map(),
    note: async (saved) => void noted.push(saved),
  });
  await assert.rejects(saving, (error) => {
    assert.ok(error instanceof BrokenRunError);
    const line = `the row shard photos/rows/000003.jsonl.gz cannot be written to ${file}: `;
    assert.ok(error.message.startsWith(line), error.message);
    return true;
  });
  assert.deepEqual(noted, []);
});
