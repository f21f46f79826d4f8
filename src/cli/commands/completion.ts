import type { Command, Option } from 'commander';
import type { Shell } from '../options/other-commands.ts';

/** The completion script of a shell, made from the program's own commands and options. */
export function completionScript(shell: Shell, program: Command): string {
  if (shell === 'fish') return fishScript(program);
  // zsh can run bash's completions.
  const prefix = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${prefix}${bashScript(program)}`;
}

/** Words that start with a dash are completed to options, others to files. */
function bashScript(program: Command): string {
  const names = program.commands.map((command) => command.name());
  const cases = program.commands.map(
    (command) => `    ${command.name()}) words='${flagsOf(command).join(' ')}' ;;`,
  );
  return `_flaghoist() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names.join(' ')}' -- "$current"))
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

/** fish shows the descriptions too. */
function fishScript(program: Command): string {
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

/** As one word of fish. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
