import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Command, Option } from 'commander';
import { createCommand, runProgram, usageLine } from '../../src/cli/command.ts';
import { UsageError } from '../../src/cli/options/values.ts';

/** Runs a program with one command, `hoist`. @returns its stderr and its exit code */
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
    // The exit code is not that of the test's process.
    process.exitCode = undefined;
    t.mock.restoreAll();
  }
}

const nothing = () => {};

test('runProgram: runs the command that is named', async (t) => {
  let runs = 0;
  const result = await run(t, () => runs++, 'hoist', '-l', '3');
  assert.deepEqual({ runs, ...result }, { runs: 1, stderr: '', exitCode: undefined });
});

test('runProgram: a UsageError is reported with the usage of its command', async (t) => {
  const refuse = () => {
    throw new UsageError('--limit N must be >= 1');
  };
  assert.deepEqual(await run(t, refuse, 'hoist'), {
    stderr: '*** Usage error: --limit N must be >= 1\nusage: flags hoist [-h] [-l N]\n',
    exitCode: 2,
  });
});

test("runProgram: commander's errors are reported in the same form, in one line", async (t) => {
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

test('runProgram: no command at all is wrong usage, and shows the help', async (t) => {
  const { stderr, exitCode } = await run(t, nothing);
  assert.match(stderr, /^Usage: flags \[-h\] COMMAND \.\.\.\n/);
  assert.equal(exitCode, 2);
});

test('runProgram: other errors are thrown', async (t) => {
  const fail = () => {
    throw new TypeError('broken');
  };
  await assert.rejects(run(t, fail, 'hoist'), TypeError);
});

test('usageLine: path, options and arguments of a command', () => {
  const flags = new Command('flags')
    .argument('[CC...]')
    .option('-a, --all')
    .option('-m, --max_req <CONCURRENT>')
    .option('--port <N>')
    .option('--dashboard [PORT]')
    .addOption(new Option('--max-req <CONCURRENT>').hideHelp());
  new Command('flaghoist').addCommand(flags);
  assert.equal(
    usageLine(flags),
    'usage: flaghoist flags [-h] [-a] [-m CONCURRENT] [--port N] [--dashboard [PORT]] [CC ...]',
  );
});

test('usageLine: required arguments and options are without brackets', () => {
  const get = new Command('get')
    .argument('<LIST>')
    .argument('<URL...>')
    .requiredOption('-d, --directory <DIR>');
  assert.equal(usageLine(get), 'usage: get [-h] -d DIR LIST URL [URL ...]');
});

test('usageLine: a command with commands of its own needs one of them', () => {
  const program = new Command('flaghoist').version('1.0.0').addCommand(new Command('serve'));
  assert.equal(usageLine(program), 'usage: flaghoist [-h] [-V] COMMAND ...');
});
