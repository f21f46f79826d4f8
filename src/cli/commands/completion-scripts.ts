/** Completion scripts, made from the program's own commands and options. */
import type { Command, Option } from 'commander';

/** For bash: words that start with a dash are options, others are files. */
export function bashCompletion(program: Command): string {
  const cases = program.commands.map(
    (command) => `    ${command.name()}) words='${flagsOf(command).join(' ')}' ;;`,
  );
  return `_flaghoist() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${namesOf(program).join(' ')}' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _flaghoist flaghoist
`;
}

/** For zsh, which can run bash's. */
export function zshCompletion(program: Command): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bashCompletion(program)}`;
}

/** For fish, which shows the descriptions too. */
export function fishCompletion(program: Command): string {
  const commands = program.commands.map(
    (command) =>
      `complete -c flaghoist -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.description())}`,
  );
  const options = program.commands.flatMap((command) =>
    shown(command).map((option) => fishOption(command.name(), option)),
  );
  return `${[...commands, ...options].join('\n')}\n`;
}

function fishOption(command: string, { long, short, description }: Option): string {
  return [
    `complete -c flaghoist -n '__fish_seen_subcommand_from ${command}'`,
    ...(long === undefined || long === null ? [] : [`-l ${long.slice(2)}`]),
    ...(short === undefined || short === null ? [] : [`-s ${short.slice(1)}`]),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function flagsOf(command: Command): string[] {
  const flags = shown(command).flatMap(({ long, short }) => [long, short]);
  return [...flags.filter((flag) => typeof flag === 'string'), '--help'];
}

function shown(command: Command): Option[] {
  return command.options.filter((option) => !option.hidden);
}

function namesOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}

/** As one word of fish. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
