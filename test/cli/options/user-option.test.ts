import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '../../../src/cli/options/usage-error.ts';
import { userFile, userOption } from '../../../src/cli/options/user-option.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('userOption: a user with a password, or one that is asked for', async () => {
  const ask = async (user: string) => `of ${user}`;
  assert.deepEqual(await userOption('ann:a:b', ask), { username: 'ann', password: 'a:b' });
  assert.deepEqual(await userOption('ann:', ask), { username: 'ann', password: '' });
  assert.deepEqual(await userOption(':', ask), { username: '', password: '' });
  assert.deepEqual(await userOption('ann', ask), { username: 'ann', password: 'of ann' });
});

for (const [contents, password] of [
  ['ann:s3cret', 's3cret'],
  ['ann:s3cret\n', 's3cret'],
  ['\uFEFFann:s3cret\r\nmore\r\n', 's3cret'],
  ['ann: s3 cret ', ' s3 cret '],
] as const) {
  test(`userFile: ${JSON.stringify(contents)}`, async (t) => {
    const path = join(await temporaryDirectory(t), 'user');
    await writeFile(path, contents, { mode: 0o600 });
    assert.deepEqual(await userFile(path), { username: 'ann', password });
  });
}

test('userFile: what is wrong with it is said without what is in it', async (t) => {
  const path = join(await temporaryDirectory(t), 'user');
  await writeFile(path, 's3cret\n', { mode: 0o600 });
  await assert.rejects(
    userFile(path),
    new UsageError(`--user-file ${path}: its first line must be USER:PASSWORD`),
  );
  await assert.rejects(userFile(`${path}.not`), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /^--user-file FILE cannot be read: ENOENT/);
    return true;
  });
});

const skip = process.platform === 'win32' && 'there are no such permissions';

test('userFile: says when others may read it', { skip }, async (t) => {
  const path = join(await temporaryDirectory(t), 'user');
  await writeFile(path, 'ann:s3cret\n');
  const { mock } = t.mock.method(process.stderr, 'write', () => true);
  for (const [mode, isSaid] of [
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
  ] as const) {
    await chmod(path, mode);
    mock.resetCalls();
    await userFile(path);
    const said = mock.calls.map(({ arguments: [text] }) => text);
    const line = `flaghoist: other users may read ${path}: chmod 600 keeps it to you\n`;
    assert.deepEqual(said, isSaid ? [line] : []);
  }
});
