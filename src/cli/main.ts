import { BrokenRunError } from '../model/broken-run-error.ts';
import { safeLine } from '../model/safe-text.ts';
import { createCommand, runProgram } from './command.ts';
import { commandsFor } from './commands.ts';
import { EXIT } from './exit-code.ts';
import { handleOutputErrors } from './output-errors.ts';

/** What package.json says of the program. */
interface Manifest {
  readonly version: string;
  readonly description: string;
}

/**
 * The program. Ends when all it was asked for is done, and sets the exit code.
 * @param args those of the command line, without the program's name
 */
export async function main(args: readonly string[], manifest: Manifest): Promise<void> {
  handleOutputErrors();
  const program = createCommand('flaghoist')
    .description(manifest.description)
    .version(manifest.version, '-V, --version');
  for (const command of await commandsFor(args)) program.addCommand(command);
  try {
    await runProgram(program, args);
  } catch (error) {
    const failures = failuresIn(error);
    if (!failures.every((failure) => failure instanceof BrokenRunError)) throw error;
    for (const { message } of failures) process.stderr.write(`flaghoist: ${safeLine(message)}\n`);
    process.exitCode = EXIT.broken;
  }
}

/** What broke the run; then what broke while it was cleaned up, since a full disk stays full. */
function failuresIn(error: unknown): unknown[] {
  if (!(error instanceof SuppressedError)) return [error];
  return [...failuresIn(error.suppressed), ...failuresIn(error.error)];
}
