import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { askPassword } from '../../../src/cli/options/ask-password.ts';
import { UsageError } from '../../../src/cli/options/usage-error.ts';

/** A terminal, or what is none, and all that was written to it. */
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
  test(`askPassword: ${JSON.stringify(typed)}, of which nothing is shown`, async () => {
    const { input, output, shown } = terminal();
    const answer = askPassword('ann', '--user USER', { input, output });
    input.write(typed);
    assert.equal(await answer, password);
    assert.equal(shown(), 'Password for ann: \n');
  });
}

test('askPassword: the end of input is no password', async () => {
  const { input, output } = terminal();
  const answer = askPassword('ann', '--user USER', { input, output });
  input.write('\u0004');
  await assert.rejects(answer, new UsageError('no password was given for --user USER'));
});

test('askPassword: without a terminal it is wrong usage', async () => {
  await assert.rejects(askPassword('ann', '--user USER', terminal({ isTTY: false })), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(
      error.message,
      /^--user USER without a password asks for it, and this is no terminal/,
    );
    return true;
  });
});
