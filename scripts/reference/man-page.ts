import type { DescribedCommand, OptionGroup } from './described-command.ts';

/** What the man page takes from other documents. */
export interface ManFacts {
  readonly summary: string;
  /** Codes and their meaning. */
  readonly exitCodes: readonly (readonly [code: string, meaning: string])[];
  /** Commands, each with what it does. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

/** The text of man/flaghoist.1, in the macros of man(7). */
export function manPage(commands: readonly DescribedCommand[], facts: ManFacts): string {
  const { summary, exitCodes, examples } = facts;
  return [
    '.\\" Written by npm run docs:reference, from the tables in src/cli/options.',
    '.TH FLAGHOIST 1 "" "flaghoist" "User Commands"',
    '.SH NAME',
    `flaghoist \\- ${roff(summary)}`,
    '.SH SYNOPSIS',
    ...commands.flatMap(({ synopsis }, i) => [...(i > 0 ? ['.br'] : []), `.B ${roff(synopsis)}`]),
    '.SH DESCRIPTION',
    ...DESCRIPTION.map(line),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH "EXIT STATUS"',
    ...exitCodes.flatMap(([code, meaning]) => tagged(code, meaning)),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => tagged(name, meaning)),
    '.SH FILES',
    ...tagged('.flaghoist/ledger.db', LEDGER),
    '.SH EXAMPLES',
    ...examples.flatMap(([command, meaning]) => tagged(command, meaning)),
    '.SH "SEE ALSO"',
    '.BR curl (1),',
    '.BR wget (1),',
    '.BR aria2c (1)',
    '',
  ].join('\n');
}

const DESCRIPTION = [
  'flaghoist downloads lists of URLs, and every row of a list ends in exactly one outcome.',
  'A file gets its name only when it is whole.',
  'The same command again skips what is done and goes on with the rest.',
  'Results go to stdout, progress and messages to stderr.',
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY', 'Proxies, unless --proxy is given.'],
  ['XDG_CACHE_HOME', 'Where the compiled code of the command is kept, below flaghoist/.'],
];

const LEDGER =
  'In the directory of a run: the record of every row. status, report and retry read it.';

function commandSection(command: DescribedCommand): string[] {
  const isPlain = command.groups.every(({ heading }) => heading === 'Options');
  return [
    `.SS "flaghoist ${command.name}"`,
    line(command.description),
    '.PP',
    `.B ${roff(command.synopsis)}`,
    ...command.arguments.flatMap(({ name, description }) => tagged(name, description)),
    ...command.groups.flatMap((group) => groupSection(group, isPlain)),
  ];
}

function groupSection(group: OptionGroup, isPlain: boolean): string[] {
  if (group.asIn !== undefined) {
    return ['.PP', line(`${group.heading}: the options of ${group.asIn} under this heading.`)];
  }
  return [
    ...(isPlain ? [] : ['.PP', `.I "${roff(group.heading)}"`]),
    ...group.options.flatMap((option) => {
      const fallback = option.default === undefined ? '' : ` (default: ${option.default})`;
      return tagged(option.flags, `${option.help}${fallback}`);
    }),
  ];
}

function tagged(tag: string, text: string): string[] {
  return ['.TP', `.B ${roff(tag)}`, line(text)];
}

/** A line of text. A dot or a quote at its beginning would be a request. */
function line(text: string): string {
  return roff(text).replace(/^(?=[.'])/, '\\&');
}

/** Hyphens are typed by users, so they are minus signs. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
}
