import type { DescribedCommand, DescribedOption, OptionGroup } from './described-command.ts';
import { slugOf } from './slug.ts';

const HEAD = `# Commands and options

<!-- Written by npm run docs:reference, from the tables in src/cli/options. -->

\`flaghoist COMMAND --help\` shows the same in the terminal, \`flaghoist get -h\` the options most used. Durations are
\`500ms\`, \`2s\`, \`1m\`, \`1h\`, or a number of seconds. Sizes are \`500k\`, \`10MB\` (millions), \`2GiB\` (powers of 1024),
or a number of bytes.
`;

/** The text of docs/reference/commands.md. */
export function commandsPage(commands: readonly DescribedCommand[]): string {
  return [HEAD, ...commands.map(sectionOf)].join('\n');
}

function sectionOf(command: DescribedCommand): string {
  const places = command.arguments.map(
    ({ name, description }) => `| \`${name}\` | ${cell(description)} | |`,
  );
  const own = command.groups.filter(({ asIn }) => asIn === undefined);
  const [first] = own;
  const isPlain = own.length === 1 && first?.heading === 'Options';
  return [
    `## flaghoist ${command.name}`,
    '',
    command.description,
    '',
    '```text',
    command.synopsis,
    '```',
    '',
    ...(places.length > 0 || isPlain
      ? [...table('Argument', [...places, ...(isPlain ? rowsOf(first) : [])]), '']
      : []),
    ...own.flatMap((group) => (isPlain ? [] : groupOf(command, group))),
    ...borrowed(command),
  ].join('\n');
}

function groupOf({ name }: DescribedCommand, group: OptionGroup): string[] {
  return [`### ${name}: ${group.heading}`, '', ...table('Option', rowsOf(group)), ''];
}

function borrowed({ groups }: DescribedCommand): string[] {
  const found = groups.filter(({ asIn }) => asIn !== undefined);
  if (found.length === 0) return [];
  const links = found.map(({ heading, asIn }) => `[${heading}](#${slugOf(`${asIn}: ${heading}`)})`);
  return [`It also has these options of \`${found[0]?.asIn}\`: ${links.join(', ')}.`, ''];
}

function rowsOf(group: OptionGroup): string[] {
  return group.options.map((option) => {
    return `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(option.help)} | ${defaultOf(option)} |`;
  });
}

function defaultOf(option: DescribedOption): string {
  return option.default === undefined ? '' : `\`${option.default}\``;
}

function table(first: string, rows: readonly string[]): string[] {
  return [`| ${first} | Meaning | Default |`, '|---|---|---|', ...rows];
}

/** Text in a cell of a table, in which nothing has a meaning. */
export function cell(text: string): string {
  return text.replace(/[|<>*_[\]{}\\]/g, (character) =>
    character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
  );
}
