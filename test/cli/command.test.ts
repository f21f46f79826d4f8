import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createCommand, runProgram } from '../../src/cli/command.ts';
import { UsageError } from '../../src/cli/options/usage-error.ts';

/** Runs a program with one command, `hoist`, and gives what it wrote on stderr and its exit code. */
async function run(t: TestContext, action: () => void, ...argv: string[]) {
  let stderr = '';
  t.mock.method(process.stderr, 'write', (text: string) => {
    stderr += text;
    return true;
  });
  try {
    const hoist = createCommand('hoist').option('-l, --limit <N>').action(action);
    await runProgram(createCommand('flags').addCommand(hoist), argv);
    return { stderr, exitCode: process.exitCode };
  } finally {
    // The test's own process must not end with it.
    process.exitCode = undefined;
    t.mock.restoreAll();
  }
}

const nothing = () => {};

test('runProgram runs the command that is named', async (t) => {
  let runs = 0;
  const result = await run(t, () => runs++, 'hoist', '-l', '3');
  assert.deepEqual({ runs, ...result }, { runs: 1, stderr: '', exitCode: undefined });
});

test("runProgram reports a command's UsageError with that command's usage", async (t) => {
  const refuse = () => {
    throw new UsageError('--limit N must be >= 1');
  };
  assert.deepEqual(await run(t, refuse, 'hoist'), {
    stderr: '*** Usage error: --limit N must be >= 1\nusage: flags hoist [-h] [-l N]\n',
    exitCode: 2,
  });
});

test("runProgram reports commander's errors in the same form, in one line", async (t) => {
  assert.deepEqual(await run(t, nothing, 'hoist', '--limt'), {
    stderr:
      "*** Usage error: unknown option '--limt' (Did you mean --limit?)\n" +
      'usage: flags hoist [-h] [-l N]\n',
    exitCode: 2,
  });
  assert.deepEqual(await run(t, nothing, 'hosit'), {
    stderr:
      "*** Usage error: unknown command 'hosit' (Did you mean hoist?)\n" +
      'usage: flags [-h] COMMAND ...\n',
    exitCode: 2,
  });
});

test('runProgram shows the help if no command is named, as wrong usage', async (t) => {
  const { stderr, exitCode } = await run(t, nothing);
  assert.match(stderr, /^Usage: flags \[-h\] COMMAND \.\.\.\n/);
  assert.equal(exitCode, 2);
});

test('runProgram throws on what is not about usage', async (t) => {
  const fail = () => {
    throw new TypeError('broken');
  };
  await assert.rejects(run(t, fail, 'hoist'), TypeError);
});
