import { BrokenRunError } from '../model/broken-run-error.ts';
import { safeLine } from '../model/safe-text.ts';
import { createCommand, runProgram } from './command.ts';
import { commandsFor } from './commands/commands.ts';
import { EXIT, EXIT_OF_SIGNAL } from './exit-code.ts';
import { handleOutputErrors } from './output/output-errors.ts';
import { stdoutDrained } from './output/stdout-drained.ts';

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
  if (isInterrupted(process.exitCode)) {
    // What it has printed last is dropped when nothing reads it: it was asked to end.
    await stdoutDrained(AbortSignal.timeout(LAST_WORDS));
    if (process.stdout.writableLength > 0) process.exit();
  }
}

/** How long a command that was interrupted waits for what reads its output, in ms. */
const LAST_WORDS = 500;

function isInterrupted(code: typeof process.exitCode): boolean {
  return Object.values(EXIT_OF_SIGNAL).some((other) => other === code);
}

/** What broke the run; then what broke while it was cleaned up, since a full disk stays full. */
function failuresIn(error: unknown): unknown[] {
  if (!(error instanceof SuppressedError)) return [error];
  return [...failuresIn(error.suppressed), ...failuresIn(error.error)];
}
