import assert from 'node:assert/strict';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileTimeOf, setFileTime, setFileTimeSync } from '../../../src/save/files/staging-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

for (const [header, seconds] of [
  ['Wed, 21 Oct 2015 07:28:00 GMT', 1_445_412_480],
  ['Wednesday, 21-Oct-15 07:28:00 GMT', 1_445_412_480],
  ['Wed Oct 21 07:28:00 2015', 1_445_412_480],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['Wed, 31 Dec 1969 23:59:59 GMT', undefined],
  ['Wed, 21 Oct 99999 07:28:00 GMT', undefined],
  ['yesterday', undefined],
  ['1445412480', undefined],
  ['', undefined],
  [undefined, undefined],
] as const) {
  test(`fileTimeOf: ${header}`, () => assert.equal(fileTimeOf(header), seconds));
}

test('setFileTime, setFileTimeSync: set the modification time, not the access time', async (t) => {
  const path = join(await temporaryDirectory(t), 'a');
  await using file = await open(path, 'w');
  for (const [set, seconds] of [
    [() => setFileTime(file, 1_445_412_480), 1_445_412_480],
    [() => setFileTimeSync(file.fd, 1_000_000_000), 1_000_000_000],
  ] as const) {
    await set();
    const { mtimeMs, atimeMs } = await stat(path);
    assert.equal(mtimeMs, seconds * 1000);
    assert.ok(Math.abs(atimeMs - Date.now()) < 60_000);
  }
});

test('setFileTime, setFileTimeSync: a file that cannot have a time keeps its own', async () => {
  const utimes = () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTSUP' }));
  await setFileTime({ utimes }, 1);
  // No file is open by this number.
  setFileTimeSync(1_000_000, 1);
});
