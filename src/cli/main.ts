import { BrokenRunError } from '../model/broken-run-error.ts';
import { safeLine } from '../model/safe-text.ts';
import { createCommand, EXIT, EXIT_OF_SIGNAL, runProgram } from './command.ts';
import { COMMAND_NAMES, commandsFor, EXAMPLES } from './commands.ts';
import { inOurWords } from './options/other-tools.ts';
import { withCommand } from './options/url-arguments.ts';
import { handleOutputErrors, silenceStderr, stdoutDrained } from './output/write-output.ts';

/** The fields of package.json that the program shows. */
interface Manifest {
  readonly version: string;
  readonly description: string;
}

/**
 * Runs the program to its end, and sets the exit code.
 * @param args those of the command line, without the program's name
 */
export async function main(args: readonly string[], manifest: Manifest): Promise<void> {
  handleOutputErrors();
  if (args.includes('--silent')) silenceStderr();
  let meant = withCommand(args, COMMAND_NAMES);
  const program = createCommand('flaghoist')
    .description(manifest.description)
    .version(manifest.version, '-V, --version')
    .addHelpText('after', EXAMPLES);
  for (const command of commandsFor(meant, () => meant)) program.addCommand(command);
  try {
    await runProgram(program, meant, (typed) => {
      meant = inOurWords(typed);
      return meant;
    });
  } catch (error) {
    const failures = failuresIn(error);
    if (!failures.every((failure) => failure instanceof BrokenRunError)) throw error;
    for (const { message } of failures) process.stderr.write(`flaghoist: ${safeLine(message)}\n`);
    process.exitCode = EXIT.broken;
  }
  if (isInterrupted(process.exitCode)) {
    // The user has asked for the end, so lines that are not read by then are dropped.
    await stdoutDrained(AbortSignal.timeout(LAST_WORDS));
    if (process.stdout.writableLength > 0) process.exit();
  }
}

/** How long an interrupted command waits for the reader of its output, in ms. */
const LAST_WORDS = 500;

function isInterrupted(code: typeof process.exitCode): boolean {
  return Object.values(EXIT_OF_SIGNAL).some((other) => other === code);
}

/** The error that broke the run, then those that broke its cleanup: a full disk stays full. */
function failuresIn(error: unknown): unknown[] {
  if (!(error instanceof SuppressedError)) return [error];
  return [...failuresIn(error.suppressed), ...failuresIn(error.error)];
}
