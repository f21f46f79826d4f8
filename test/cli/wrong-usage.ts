import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createCommand, runProgram } from '../../src/cli/command.ts';
import { commandsFor } from '../../src/cli/commands.ts';
import { catchOutput } from './catch-output.ts';

/**
 * Runs a wrong command line in this process, which spares a tenth of a second for the start of the command.
 * Asserts that it ends with exit code 2, and prints nothing to stdout.
 * @param args those of the command line, the command's name first
 * @returns its stderr
 */
export async function stderrOfWrongUsage(
  t: TestContext,
  ...args: readonly string[]
): Promise<string> {
  const written = catchOutput(t);
  try {
    const program = createCommand('flaghoist');
    for (const command of commandsFor(args)) program.addCommand(command);
    await runProgram(program, args);
    assert.deepEqual([process.exitCode, written.stdout], [2, '']);
    return written.stderr;
  } finally {
    process.exitCode = undefined;
    t.mock.restoreAll();
  }
}
