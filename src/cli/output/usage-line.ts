import type { Argument, Command, Option } from 'commander';

/**
 * How a command is used, in one line made from its own options and arguments:
 * `usage: flaghoist flags [-h] [-a] [-l N] [CC ...]`.
 */
export function usageLine(command: Command): string {
  return `usage: ${commandPath(command)} ${synopsis(command)}`;
}

/** The command's name after those of the commands it belongs to: `flaghoist serve`. */
export function commandPath(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${commandPath(command.parent)} ${command.name()}`;
}

/** Of more options than this no line is made that anybody would read: the help has them. */
const MOST_LISTED = 10;

/** What may follow the command's name. */
export function synopsis(command: Command): string {
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
  // What stands for the value is written in the flags alone: '-l, --limit <N>'.
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
