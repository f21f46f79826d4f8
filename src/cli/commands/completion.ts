import type { Argument, Command, Option } from 'commander';
import { COLUMN_NAMES } from '../../ledger/read/where-columns.ts';
import { STATUSES } from '../../model/outcome.ts';
import { REASONS } from '../../model/reason.ts';
import { FAULTS } from '../../server/faults/catalogue.ts';
import { SERVER_LABELS } from '../../server/presets.ts';
import { wordsOf } from '../options/option.ts';
import { SHELLS, type Shell, STYLES } from '../options/other-commands.ts';

/** What completes a value: words, or files, directories or conditions, which the shell finds. */
type Values = 'files' | 'directories' | 'ledgers' | 'where' | readonly string[];

/** The statuses that servers answer most often, beside the reasons that are words. */
const REASON_WORDS = [...REASONS, 'http-403', 'http-404', 'http-429', 'http-500', 'http-503'];

const COLUMNS = COLUMN_NAMES.split(', ');

/** By the name that the help gives to the value of an option, or to an argument. */
const BY_PLACEHOLDER: Readonly<Record<string, Values>> = {
  FILE: 'files',
  DIR: 'directories',
  CONDITION: 'where',
  SHELL: SHELLS,
  'LABEL...': SERVER_LABELS,
  LABEL: [...SERVER_LABELS, 'REMOTE'],
};

/** By the option's long name, where loading its words would delay other commands. */
const BY_NAME: Readonly<Record<string, Values>> = {
  '--reason': REASON_WORDS,
  '--fault': FAULTS.map(({ name }) => name),
  '--styles': STYLES,
  '--max-requests': ['auto'],
  '--sink': ['tar:', 's3://', 'tar:s3://'],
};

/** The completion script of a shell, made from the program's own commands and options. */
export function completionScript(shell: Shell, program: Command): string {
  if (shell === 'fish') return fishScript(program);
  return `${shell === 'zsh' ? ZSH_START : ''}${bashScript(program)}`;
}

/** zsh can run bash's completions. With `-i` it loads no functions that another user could have written. */
const ZSH_START = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
autoload -U +X bashcompinit && bashcompinit
`;

function bashScript(program: Command): string {
  const cases = program.commands.map((command) => {
    const values = shown(command).flatMap((option) => valueCase(flagsOf(option), option));
    return `    ${command.name()})
      options='${[...shown(command).flatMap(flagsOf), '--help'].join(' ')}'
      argument='${bashValues(valuesOfArgument(command)) ?? ''}'
      case $option in
${values.join('\n')}
      esac ;;`;
  });
  const names = program.commands.map((command) => command.name()).join(' ');
  return `_flaghoist_words() {
  COMPREPLY=($(compgen -W "$1" -- "$2"))
}
# A condition such as "status = failed": columns, and the words of two of them.
_flaghoist_where() {
  local word=$2 context="$1$2" last head words='${COLUMNS.join(' ')} and or not'
  local compares=' *(=|==|!=|in *[(][^)]*) *$'
  case $word in [\\'\\"]*) word=\${word:1} ;; esac
  last=\${word##*[ =\\(,]}
  head=\${word%"$last"}
  context=\${context%"$last"}
  if [[ $context =~ reason$compares ]]; then
    words='${REASON_WORDS.join(' ')}'
  elif [[ $context =~ status$compares ]]; then
    words='${STATUSES.join(' ')}'
  fi
  _flaghoist_words "$words" "$last"
  COMPREPLY=("\${COMPREPLY[@]/#/$head}")
}
_flaghoist_directories() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -d -- "$1"))
  compopt -o filenames 2>/dev/null
}
# Directories with a ledger; without one, those on the way to one.
_flaghoist_ledgers() {
  local directory
  local -a found
  _flaghoist_directories "$1"
  for directory in "\${COMPREPLY[@]}"; do
    [[ -e $directory/.flaghoist/ledger.db ]] && found+=("$directory")
  done
  (( \${#found[@]} == 0 )) || COMPREPLY=("\${found[@]}")
}
_flaghoist() {
  local word=\${COMP_WORDS[COMP_CWORD]} before='' option='' prefix='' options='' argument='' values=''
  local command=\${COMP_WORDS[1]} at=$((COMP_CWORD - 1))
  COMPREPLY=()
  if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
    _flaghoist_words '${names}' "$word"
    return
  fi
  # bash splits --option=value and column=value at the "=", zsh does not.
  if [[ $word == '=' ]]; then
    before='=' word=''
  elif [[ \${COMP_WORDS[at]} == '=' ]]; then
    before='=' at=$((at - 1))
  fi
  if [[ $before == '=' && \${COMP_WORDS[at]} != -* ]]; then
    before="\${COMP_WORDS[at]}=" at=$((at - 1))
    [[ \${COMP_WORDS[at]} == '=' ]] && at=$((at - 1))
  fi
  option=\${COMP_WORDS[at]}
  if [[ $word == --*=* ]]; then
    option=\${word%%=*}
    prefix="$option="
    word=\${word#*=}
  fi
  case $command in
    ${program.commands.map((command) => command.name()).join('|')}) ;;
    *) command=get ;;
  esac
  case $command in
${cases.join('\n')}
  esac
  case \${values:-$argument} in
    # The shell's own completion of files.
    files) return ;;
    directories) _flaghoist_directories "$word" ;;
    where) _flaghoist_where "$before" "$word" ;;
    *)
      if [[ -n $values ]]; then
        _flaghoist_words "$values" "$word"
      elif [[ $word == -* ]]; then
        _flaghoist_words "$options" "$word"
      elif [[ $argument == ledgers ]]; then
        _flaghoist_ledgers "$word"
      elif [[ -n $argument ]]; then
        _flaghoist_words "$argument" "$word"
      fi ;;
  esac
  [[ -z $prefix ]] || COMPREPLY=("\${COMPREPLY[@]/#/$prefix}")
}
complete -o default -F _flaghoist flaghoist
`;
}

function valueCase(flags: readonly string[], option: Option): string[] {
  const values = bashValues(valuesOf(option));
  return values === undefined ? [] : [`        ${flags.join('|')}) values='${values}' ;;`];
}

function bashValues(values: Values | undefined): string | undefined {
  return typeof values === 'string' ? values : values?.join(' ');
}

/** fish shows the descriptions too. */
function fishScript(program: Command): string {
  const commands = program.commands.map(
    (command) =>
      `complete -c flaghoist -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.description())}`,
  );
  const rest = program.commands.flatMap((command) => [
    ...fishArgument(command),
    ...shown(command).map((option) => fishOption(command.name(), option)),
  ]);
  return `${[FISH_START, ...commands, ...rest].join('\n')}\n`;
}

const FISH_START = `function __flaghoist_ledgers
  for directory in (__fish_complete_directories (commandline -ct) '' | string split -f1 \\t)
    test -e $directory/.flaghoist/ledger.db; and echo $directory
  end
end
function __flaghoist_where
  set -l head (commandline -ct | string replace -r '^[\\'"]' '' | string replace -r '[^ =(,]*$' '')
  set -l words ${COLUMNS.join(' ')} and or not
  set -l compares ' *(=|==|!=|in *[(][^)]*) *$'
  if string match -qr "reason$compares" -- $head
    set words ${REASON_WORDS.join(' ')}
  else if string match -qr "status$compares" -- $head
    set words ${STATUSES.join(' ')}
  end
  for word in $words
    echo $head$word
  end
end`;

function fishArgument(command: Command): string[] {
  const values = valuesOfArgument(command);
  if (values === undefined) return [];
  const words = values === 'ledgers' ? '(__flaghoist_ledgers)' : bashValues(values);
  return [`complete -c flaghoist -n '${within(command.name())}' -f -a '${words}'`];
}

function fishOption(command: string, option: Option): string {
  const { long, short, description } = option;
  return [
    `complete -c flaghoist -n '${within(command)}'`,
    ...(long === undefined || long === null ? [] : [`-l ${long.slice(2)}`]),
    ...(short === undefined || short === null ? [] : [`-s ${short.slice(1)}`]),
    ...(option.required ? [fishValues(valuesOf(option))] : []),
    `-d ${quoted(description)}`,
  ].join(' ');
}

/** In the arguments of `complete`: \`-x\` takes a value, and no files. */
function fishValues(values: Values | undefined): string {
  if (values === 'files') return '-r -F';
  if (values === 'directories') return "-x -a '(__fish_complete_directories)'";
  if (values === 'where') return "-x -a '(__flaghoist_where)'";
  return values === undefined ? '-x' : `-x -a '${bashValues(values)}'`;
}

/** A URL alone is a get. */
function within(command: string): string {
  const seen = `__fish_seen_subcommand_from ${command}`;
  return command === 'get' ? `${seen}; or __fish_use_subcommand` : seen;
}

function valuesOf(option: Option): Values | undefined {
  const [, placeholder = ''] = /[<[](.+)[>\]]/.exec(option.flags) ?? [];
  if (placeholder === '') return undefined;
  return BY_NAME[option.long ?? ''] ?? wordsOf(option) ?? BY_PLACEHOLDER[placeholder];
}

function valuesOfArgument({ registeredArguments: [argument] }: Command): Values | undefined {
  if (argument === undefined) return undefined;
  const name = placeholderOf(argument);
  return name === 'DIR' ? 'ledgers' : BY_PLACEHOLDER[name];
}

function placeholderOf(argument: Argument): string {
  return `${argument.name()}${argument.variadic ? '...' : ''}`;
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => typeof flag === 'string');
}

function shown(command: Command): Option[] {
  return command.options.filter((option) => !option.hidden);
}

/** As one word of fish. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
