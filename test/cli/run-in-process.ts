import type { TestContext } from 'node:test';
import { commandsFor } from '../../src/cli/commands.ts';
import { catchOutput } from './catch-output.ts';

/** A command that runs in the process of the test. */
export interface RunInProcess {
  /** What it has printed so far. */
  readonly texts: { readonly stdout: string; readonly stderr: string };
  /** Its exit code; it is rejected with what the program would print as an error. */
  readonly code: Promise<number>;
}

/** Starts a command in this process, one at a time. Its output is caught until it has ended. */
export function runInProcess(t: TestContext, ...args: string[]): RunInProcess {
  const texts = catchOutput(t);
  const [command] = commandsFor(args);
  const run = async () => {
    try {
      await command?.exitOverride().parseAsync(args.slice(1), { from: 'user' });
      return Number(process.exitCode ?? 0);
    } finally {
      process.exitCode = undefined;
      t.mock.restoreAll();
    }
  };
  return { texts, code: run() };
}
