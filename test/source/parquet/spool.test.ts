import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { spool } from '../../../src/source/parquet/spool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const chunks = () => Readable.from([Buffer.from('abc'), Buffer.from('def')]);

test('spool: a file that is read at any place, and has no name', async (t) => {
  const directory = await temporaryDirectory(t);
  await using file = await spool(chunks(), directory);
  assert.deepEqual([file.size, String(await file.read(2, 3))], [6, 'cde']);
  assert.deepEqual(await readdir(directory), []);
  await assert.rejects(file.read(4, 3), {
    message: 'its footer points to byte 7, and the file has 6: it is damaged, or cut off',
  });
});

test('spool: no more than so many bytes, in a directory that is there', async (t) => {
  const directory = await temporaryDirectory(t);
  await assert.rejects(spool(chunks(), directory, 5), {
    name: 'ParquetError',
    message: /^comes from a pipe, and has more than 5 bytes: save it to a file/,
  });
  assert.deepEqual(await readdir(directory), []);
  await assert.rejects(spool(chunks(), join(directory, 'none')), {
    message: /^comes from a pipe, and cannot be kept in .*none: .*: save it to a file/,
  });
});
