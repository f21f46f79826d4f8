import type { Command, Option } from 'commander';

/** A command as the reference and the man page show it. */
export interface DescribedCommand {
  readonly name: string;
  /** `flaghoist status DIR`. */
  readonly synopsis: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  readonly groups: readonly OptionGroup[];
}

export interface OptionGroup {
  readonly heading: string;
  /** Another command that has the same options under this heading. */
  readonly asIn?: string;
  readonly options: readonly DescribedOption[];
}

export interface DescribedOption {
  /** `-d, --directory <DIR>`. */
  readonly flags: string;
  readonly help: string;
  /** As the help shows it, without its quotes. */
  readonly default?: string;
}

/** All commands, in the order of the help, from the tables that the program itself has them from. */
export function describeCommands(commands: readonly Command[]): DescribedCommand[] {
  const described: DescribedCommand[] = [];
  for (const command of commands) described.push(describeCommand(command, described));
  return described;
}

function describeCommand(command: Command, before: readonly DescribedCommand[]): DescribedCommand {
  const visible = command.options.filter((option) => !option.hidden);
  const groups = Map.groupBy(visible, (option) => option.helpGroupHeading ?? 'Options:');
  return {
    name: command.name(),
    synopsis: synopsisOf(command, visible.length > 0),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
    })),
    groups: [...groups].map(([heading, options]) =>
      withoutRepetition(
        { heading: heading.replace(/:$/, ''), options: options.map(describe) },
        before,
      ),
    ),
  };
}

function withoutRepetition(group: OptionGroup, before: readonly DescribedCommand[]): OptionGroup {
  const same = before.find(({ groups }) =>
    groups.some((other) => JSON.stringify(other) === JSON.stringify(group)),
  );
  return same === undefined ? group : { ...group, asIn: same.name };
}

function describe(option: Option): DescribedOption {
  const { flags, description: help, defaultValue, defaultValueDescription } = option;
  const isShown = defaultValue !== undefined && !option.negate;
  if (!isShown) return { flags, help };
  return { flags, help, default: defaultValueDescription ?? String(defaultValue) };
}

function synopsisOf(command: Command, hasOptions: boolean): string {
  const places = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? name : `[${name}]`;
  });
  const options = hasOptions ? ['[OPTIONS]'] : [];
  return ['flaghoist', command.name(), ...options, ...places].join(' ');
}
