import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { askPassword, login, loginFile, read } from '../../../src/cli/options/read-values.ts';
import { UsageError } from '../../../src/cli/options/values.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const type = 'basic';

test('login: a user with a password, or one whose password is asked for', async () => {
  const ask = async (user: string) => `of ${user}`;
  assert.deepEqual(await login('ann:a:b', ask), { type, username: 'ann', password: 'a:b' });
  assert.deepEqual(await login('ann:', ask), { type, username: 'ann', password: '' });
  assert.deepEqual(await login(':', ask), { type, username: '', password: '' });
  assert.deepEqual(await login('ann', ask), { type, username: 'ann', password: 'of ann' });
});

for (const [contents, password] of [
  ['ann:s3cret', 's3cret'],
  ['ann:s3cret\n', 's3cret'],
  ['\uFEFFann:s3cret\r\nmore\r\n', 's3cret'],
  ['ann: s3 cret ', ' s3 cret '],
] as const) {
  test(`loginFile: ${JSON.stringify(contents)}`, async (t) => {
    const path = join(await temporaryDirectory(t), 'user');
    await writeFile(path, contents, { mode: 0o600 });
    assert.deepEqual(await loginFile(path), { type, username: 'ann', password });
  });
}

test('loginFile: errors do not show the contents', async (t) => {
  const path = join(await temporaryDirectory(t), 'user');
  await writeFile(path, 's3cret\n', { mode: 0o600 });
  await assert.rejects(
    loginFile(path),
    new UsageError(`--user-file ${path}: its first line must be USER:PASSWORD`),
  );
  await assert.rejects(loginFile(`${path}.not`), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /^--user-file FILE cannot be read: there is no such file/);
    return true;
  });
});

const skip = process.platform === 'win32' && 'there are no such permissions';

test('loginFile: warns when other users may read the file', { skip }, async (t) => {
  const path = join(await temporaryDirectory(t), 'user');
  await writeFile(path, 'ann:s3cret\n');
  const { mock } = t.mock.method(process.stderr, 'write', () => true);
  for (const [mode, warns] of [
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
  ] as const) {
    await chmod(path, mode);
    mock.resetCalls();
    await loginFile(path);
    const said = mock.calls.map(({ arguments: [text] }) => text);
    const line = `flaghoist: other users may read ${path}: chmod 600 keeps it to you\n`;
    assert.deepEqual(said, warns ? [line] : []);
  }
});

/** A terminal, or streams without one, and all that was written to them. */
function terminal({ isTTY = true } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY });
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const shown = () => text;
  return { input, output, shown };
}

for (const [typed, password] of [
  ['s3cret\r', 's3cret'],
  ['s3cret\n', 's3cret'],
  ['wrong\u0015s3cret\r', 's3cret'],
  ['s3cretx\u007f\r', 's3cret'],
  ['pä ss:w\r', 'pä ss:w'],
  ['\r', ''],
] as const) {
  test(`askPassword: reads ${JSON.stringify(typed)} and shows nothing of it`, async () => {
    const { input, output, shown } = terminal();
    const answer = askPassword('ann', { input, output });
    input.write(typed);
    assert.equal(await answer, password);
    assert.equal(shown(), 'Password for ann: \n');
  });
}

test('askPassword: the end of input is wrong usage', async () => {
  const { input, output } = terminal();
  const answer = askPassword('ann', { input, output });
  input.write('\u0004');
  await assert.rejects(answer, new UsageError('no password was given for --user USER'));
});

test('askPassword: without a terminal it is wrong usage', async () => {
  await assert.rejects(askPassword('ann', terminal({ isTTY: false })), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /^--user USER has no password and there is no terminal to ask on/);
    return true;
  });
});

test('read.template: a directory is no name for a file', async (t) => {
  const directory = await temporaryDirectory(t);
  const said = (name: string) =>
    new UsageError(
      `-o ${name} is a directory: did you mean -d ${join(directory, name)}, or -o '${name}/{name}'?`,
    );
  await mkdir(join(directory, 'photos'));
  await writeFile(join(directory, 'list'), '');
  assert.throws(() => read.template('photos', directory), said('photos'));
  assert.throws(() => read.template('new/', directory), {
    message: `-o new is a directory: did you mean -d ${join(directory, 'new/')}, or -o 'new/{name}'?`,
  });
  for (const names of ['photos/a.gif', 'list', 'list/below', 'new', '{host}']) {
    assert.equal(read.template(names, directory), names);
  }
  assert.equal(read.template('photos', undefined), 'photos');
});
