import type { OtherOption } from '../../src/cli/options/other-tools.ts';
import { cell } from './commands-page.ts';

const HEAD = `# Options of curl, wget, aria2 and img2dataset

<!-- Written by npm run docs:reference, from the table in src/cli/options/other-tools.ts. -->

What \`flaghoist get\` does with the options of other tools. An option that means exactly the same is understood. Any
other is answered with the words below, and nothing is started (exit code 2).
`;

const TOOLS = ['curl', 'wget', 'aria2', 'img2dataset'];

/** The text of docs/reference/other-tools.md. */
export function otherToolsPage(options: readonly OtherOption[]): string {
  const sections = TOOLS.map((tool) => {
    const theirs = options.filter(({ tools }) => tools.split(', ').includes(tool));
    const rows = theirs.map((option) => `| ${namesOf(option)} | ${answerOf(option)} |`);
    return [`## ${tool}`, '', '| Option | Here |', '|---|---|', ...rows, ''].join('\n');
  });
  return [HEAD, ...sections].join('\n');
}

function namesOf({ flags }: OtherOption): string {
  return flags.map((flag) => `\`${flag}\``).join(', ');
}

function answerOf({ is, say, sayOf }: OtherOption): string {
  if (is !== undefined) return `understood, as \`${is}\``;
  return cell(say ?? sayOf?.(undefined) ?? '');
}
