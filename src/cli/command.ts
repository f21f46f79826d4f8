import { Command, CommanderError } from 'commander';
import { EXIT } from './exit-code.ts';
import { reportUsageError, UsageError } from './options/usage-error.ts';
import { commandPath, synopsis, usageLine } from './output/usage-line.ts';

/**
 * A commander Command that throws its errors for `runProgram` to report, instead of printing them
 * in commander's own form and exiting. Every command is made by this, as commander does not hand
 * such settings down to a command added to another.
 */
export function createCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ commandUsage: (command) => `${commandPath(command)} ${synopsis(command)}` });
}

/**
 * Runs the command that the arguments name. Wrong usage, whether commander or the command itself
 * found it, is reported and sets the exit code.
 *
 * @param argv arguments without the program's own name.
 * @throws what a command throws but for UsageError.
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  let current = program;
  program.hook('preSubcommand', (_, subcommand) => {
    current = subcommand;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) {
      reportUsageError(error, usageLine(current));
    } else if (error instanceof CommanderError) {
      reportCommanderError(error, usageLine(current));
    } else {
      throw error;
    }
  }
}

function reportCommanderError(error: CommanderError, usage: string): void {
  // Help or the version was asked for and has been printed.
  if (error.exitCode === EXIT.ok) return;
  if (error.code === 'commander.help') {
    // No command was named: commander has printed the help in place of an error.
    process.exitCode = EXIT.usage;
    return;
  }
  // "error: unknown option '--prot'\n(Did you mean --port?)" becomes one line.
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  reportUsageError(new UsageError(message, { cause: error }), usage);
}
