import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../src/model/outcome.ts';
import { SavedFiles } from '../../src/report/saved-files.ts';

function ended(index: number, more: Partial<Outcome> = {}): Outcome {
  const item = { index, url: `http://a/${index}` };
  return { item, status: 'ok', path: `photos/${index}.jpg`, bytes: 1_000, attempts: 1, ...more };
}

test('SavedFiles: up to five files are named, in the order of the list', () => {
  const saved = new SavedFiles('photos');
  saved.add(ended(1, { status: 'skipped', reason: 'already-there' }));
  saved.add(ended(0, { bytes: 18 }));
  saved.add(ended(2, { path: 'photos/\x1b[2J' }));
  saved.add(ended(3, { status: 'failed', path: undefined }));
  saved.add(ended(4, { status: 'skipped', reason: 'copied' }));
  saved.add(ended(5, { status: 'skipped', reason: 'changed-here' }));
  assert.deepEqual(saved.lines, [
    'saved photos/0.jpg (18 B)',
    'there already: photos/1.jpg (1.0 kB)',
    'saved photos/\\x1b[2J (1.0 kB)',
    'copied photos/4.jpg (1.0 kB)',
    'changed here, left as it is: photos/5.jpg (1.0 kB)',
  ]);
  assert.deepEqual(saved.inTotal, ['saved 2 files (1.0 kB) in photos/']);
});

test('SavedFiles: more are counted, with their directory', () => {
  const saved = new SavedFiles('photos/');
  for (let index = 0; index < 866; index++) saved.add(ended(index, { bytes: 300_000 }));
  assert.deepEqual(saved.lines, ['saved 866 files (259.8 MB) in photos/']);
  assert.deepEqual(new SavedFiles('.').lines, []);
});
