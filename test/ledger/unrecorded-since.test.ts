import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFolder, openForWriting } from '../../src/ledger/open-database.ts';
import { beginRun, endRun, unrecordedSince } from '../../src/ledger/runs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const TOTALS = { ok: 0, skipped: 0, 'not-found': 0, failed: 0, cancelled: 0, bytes: 0 };

test('unrecordedSince: the start of the first run that was killed or broke, not of the present one', async (t) => {
  const directory = await temporaryDirectory(t);
  createFolder(directory);
  const database = openForWriting(directory);
  t.after(() => database.close());
  const begin = (now: number) => beginRun(database, [], now);
  const end = (id: number, ending: 'complete' | 'broken') =>
    endRun(database, { id, ending, totals: TOTALS, now: 0 });

  const complete = begin(100);
  assert.equal(unrecordedSince(database, complete), Number.POSITIVE_INFINITY);
  end(complete, 'complete');
  const broken = begin(200);
  end(broken, 'broken');
  begin(300); // killed
  assert.equal(unrecordedSince(database, begin(400)), 200);
});
