import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeOutput } from '../../../src/cli/output/write-output.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('writeOutput: a file has all pieces, and no draft is left beside it', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = join(directory, 'out');
  await writeFile(file, 'before');
  await writeOutput(['a', 'b', 'c'], file);
  assert.equal(await readFile(file, 'utf8'), 'abc');
  assert.deepEqual(await readdir(directory), ['out']);
});

test('writeOutput: an error of the pieces is thrown, and the file stays as it was', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = join(directory, 'out');
  await writeFile(file, 'before');
  const failure = new RangeError('no more');
  async function* pieces() {
    yield 'a';
    throw failure;
  }
  await assert.rejects(writeOutput(pieces(), file), (error) => error === failure);
  assert.equal(await readFile(file, 'utf8'), 'before');
  assert.deepEqual(await readdir(directory), ['out']);
});

test('writeOutput: the target of a link is replaced, not the link', async (t) => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'there'));
  const [file, link] = [join(directory, 'there', 'out'), join(directory, 'link')];
  await writeFile(file, 'before');
  await symlink(file, link);
  await writeOutput(['after'], link);
  assert.equal(await readFile(file, 'utf8'), 'after');
  assert.ok((await lstat(link)).isSymbolicLink());
});

test('writeOutput: a pipe is written to, not replaced', async (t) => {
  const directory = await temporaryDirectory(t);
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [read] = await Promise.all([readFile(pipe, 'utf8'), writeOutput(['a', 'b'], pipe)]);
  assert.equal(read, 'ab');
  assert.ok((await lstat(pipe)).isFIFO());
});

test('writeOutput: an error names the file that cannot be written', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const file of [join(directory, 'missing', 'out'), directory]) {
    await assert.rejects(writeOutput(['a'], file), (error: Error) => {
      assert.equal(error.name, 'BrokenRunError');
      assert.ok(error.message.startsWith(`cannot write ${file}: `), error.message);
      assert.ok(!error.message.includes('.tmp'), error.message);
      return true;
    });
  }
});
