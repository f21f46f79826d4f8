import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileState, wasChecked } from '../../../src/ledger/match/file-state.ts';

const SAVED = 1_700_000_000_000;
const LATER = SAVED + 60_000;
const RECORD = { bytes: 5, savedAt: SAVED };

/** A file of that size, which was written to, and named, at these times. */
function statsOf(size: number, mtimeMs: number, ctimeMs = mtimeMs, isFile = true) {
  return { size, mtimeMs, ctimeMs, isFile: () => isFile };
}

test('fileState: size and times tell a file as it was saved from one that was written to since', () => {
  assert.equal(fileState(undefined, RECORD), 'missing');
  assert.equal(fileState(statsOf(5, SAVED), RECORD), 'same');
  // A move, a chmod and `cp -p` change no more than ctime.
  assert.equal(fileState(statsOf(5, SAVED - 9, LATER), RECORD), 'same');
  assert.equal(fileState(statsOf(5, LATER), RECORD), 'touched');
  assert.equal(fileState(statsOf(6, LATER), RECORD), 'changed');
  assert.equal(fileState(statsOf(0, LATER), RECORD), 'changed');
  // An editor, or `touch -r`, may set mtime back.
  assert.equal(fileState(statsOf(6, SAVED - 9, LATER), RECORD), 'changed');
  // A power cut took the end of the file.
  assert.equal(fileState(statsOf(0, SAVED, SAVED), RECORD), 'damaged');
  assert.equal(fileState(statsOf(4096, LATER, LATER, false), RECORD), 'changed');
});

test('fileState: a file with the time of a server whose clock is ahead was not written to', () => {
  const lastModified = new Date(LATER).toUTCString();
  assert.equal(fileState(statsOf(5, LATER), { ...RECORD, lastModified }), 'same');
  assert.equal(fileState(statsOf(5, LATER + 2000), { ...RECORD, lastModified }), 'touched');
});

test('fileState: where no time is recorded, the size alone counts', () => {
  assert.equal(fileState(statsOf(5, LATER), { bytes: 5 }), 'same');
  assert.equal(fileState(statsOf(6, LATER), { bytes: 5 }), 'damaged');
});

test('wasChecked: the checksum, or a digest of the same algorithm, is that of the row', () => {
  const checksum = { algorithm: 'sha256', hex: 'ab' } as const;
  assert.equal(wasChecked({ checksum: 'sha256:ab' }, checksum), true);
  assert.equal(wasChecked({ digest: 'sha256:ab' }, checksum), true);
  assert.equal(wasChecked({ checksum: 'sha256:cd', digest: 'sha256:cd' }, checksum), false);
  assert.equal(wasChecked({ checksum: 'md5:ab' }, checksum), false);
  assert.equal(wasChecked({}, checksum), false);
});
