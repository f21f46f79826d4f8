import { type Argument, Command, CommanderError, type Option } from 'commander';
import { safeLine } from '../model/safe-text.ts';
import { UsageError } from './options/values.ts';

/** The exit codes that every command shares; scripts rely on them. */
export const EXIT = {
  /** Every row was saved or skipped. */
  ok: 0,
  /** The run ended, and some rows failed or were not found. */
  someFailed: 1,
  /** Wrong usage. Nothing was started. */
  usage: 2,
  /** The run itself broke: a port in use, a full disk. */
  broken: 3,
  /** The reader of `-o -` has gone, as `head` does: what SIGPIPE (13) makes of other programs. */
  readerGone: 141,
} as const;

/** The exit codes of a run that was interrupted: 128 and the signal's number, as in a shell. */
export const EXIT_OF_SIGNAL: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};

/**
 * A commander Command that throws its errors for `runProgram` to report, instead of printing them
 * in commander's own form and exiting. Commander does not hand such settings down to a command that is
 * added to another, so every command is made by this function.
 */
export function createCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({
      commandUsage: (command) => `${pathOf(command)} ${synopsisOf(command)}`,
      optionDescription: describeInHelp,
    });
}

/**
 * What an option does, and its default. Commander would quote the default, and show the value of
 * `--dashboard`.
 */
function describeInHelp({ description, defaultValue, defaultValueDescription }: Option): string {
  const shown = defaultValueDescription ?? defaultValue;
  return shown === undefined || typeof shown === 'boolean'
    ? description
    : `${description} (default: ${shown})`;
}

/**
 * Runs the command that the arguments name. Wrong usage, whether found by commander or by the
 * command, is reported on stderr and sets the exit code.
 *
 * @param argv arguments without the program's own name
 * @param read called with them before they are parsed; what it returns takes their place
 * @throws whatever a command throws, except UsageError
 */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  read = (args: readonly string[]) => args,
): Promise<void> {
  let current = program.commands.find((command) => command.name() === argv[0]) ?? program;
  program.hook('preSubcommand', (_, subcommand) => {
    current = subcommand;
  });
  try {
    await program.parseAsync(read(argv), { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) {
      reportWrongUsage([error.message, ...error.others], current);
    } else if (error instanceof CommanderError) {
      reportCommanderError(error, current);
    } else {
      throw error;
    }
  }
}

function reportCommanderError(error: CommanderError, command: Command): void {
  // The help or the version was asked for, and commander has printed it.
  if (error.exitCode === EXIT.ok) return;
  if (error.code === 'commander.help') {
    // No command was named, and commander has printed the help instead of an error.
    process.exitCode = EXIT.usage;
    return;
  }
  reportWrongUsage([messageInLine(error)], command);
}

/** What commander says of an option that does not exist, when a value was attached. */
const UNKNOWN_WITH_VALUE = /^unknown option '(--[^=]*)=.*'( \(Did you mean --.*\))?$/;

/**
 * "error: unknown option '--prot=1'\n(Did you mean --port?)" without its prefix and the value, in one line:
 * the value may be a password.
 */
export function messageInLine({ message }: CommanderError): string {
  const line = message.replace(/^error: /, '').replace(/[\r\n]/g, ' ');
  return line.replace(UNKNOWN_WITH_VALUE, "unknown option '$1'$2");
}

function reportWrongUsage(messages: readonly string[], command: Command): void {
  const lines = messages.map((message) => `*** Usage error: ${safeLine(message)}\n`);
  process.stderr.write(`${lines.join('')}${usageLine(command)}\n`);
  process.exitCode = EXIT.usage;
}

/**
 * How a command is used, in one line made from its options and arguments:
 * `usage: flaghoist flags [-h] [-a] [-l N] [CC ...]`.
 */
export function usageLine(command: Command): string {
  return `usage: ${pathOf(command)} ${synopsisOf(command)}`;
}

/** The names of the command and of those that it belongs to: `flaghoist serve`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

/** A usage line with more options than this would be too long to read. The help has them all. */
const MOST_LISTED = 10;

function synopsisOf(command: Command): string {
  const shown = command.options.filter((option) => !option.hidden);
  const options = shown.length > MOST_LISTED ? ['[OPTIONS]'] : shown.map(describeOption);
  const rest =
    command.commands.length > 0
      ? ['COMMAND ...']
      : command.registeredArguments.map(describeArgument);
  return ['[-h]', ...options, ...rest].join(' ');
}

function describeOption(option: Option): string {
  const flag = option.short ?? option.long ?? '';
  // Commander keeps the placeholder of the value only in the flags: '-l, --limit <N>'.
  const [, value] = /[<[](.+)[>\]]/.exec(option.flags) ?? [];
  const shown = option.optional && !option.required ? `[${value}]` : value;
  const use = value === undefined ? flag : `${flag} ${shown}`;
  return option.mandatory ? use : `[${use}]`;
}

function describeArgument(argument: Argument): string {
  const name = argument.name();
  const more = argument.variadic ? `[${name} ...]` : `[${name}]`;
  if (!argument.required) return more;
  return argument.variadic ? `${name} ${more}` : name;
}
