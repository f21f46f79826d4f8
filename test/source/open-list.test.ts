import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkList } from '../../src/source/open-list.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { parquetOf } from './parquet/parquet-file.ts';

test('checkList: a Parquet file that is cut off is found before a run, wherever it stands', async (t) => {
  const directory = await temporaryDirectory(t);
  const whole = parquetOf([{ name: 'url', data: ['http://a/1'] }]);
  await writeFile(join(directory, '0.parquet'), whole);
  await writeFile(join(directory, '1.parquet'), '');
  // Its first bytes say what it is, once it is read.
  await writeFile(join(directory, '2.parquet'), 'url\nhttp://a/1\n');
  await checkList(directory);
  const path = join(directory, '3.parquet');
  await writeFile(path, whole.subarray(0, -20));
  const message = `${path}: is cut off, or still being written: a Parquet file ends with PAR1, and this one does not`;
  for (const list of [directory, path, join(directory, '*.parquet')]) {
    await assert.rejects(checkList(list), { message });
  }
  await assert.rejects(checkList(join(directory, 'none.parquet')), {
    message: /there is no such file/,
  });
});
