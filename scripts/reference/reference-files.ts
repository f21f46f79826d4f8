import { readFile } from 'node:fs/promises';
import { commandsFor } from '../../src/cli/commands.ts';
import { OTHER_OPTIONS } from '../../src/cli/options/other-tools.ts';
import { commandsPage } from './commands-page.ts';
import { describeCommands } from './described-command.ts';
import { manPage } from './man-page.ts';
import { otherToolsPage } from './other-tools-page.ts';

const CHECKOUT = new URL('../../', import.meta.url);

/** The files that are made from the command's tables, with their paths in the checkout. */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  const commands = describeCommands(commandsFor([]));
  const man = manPage(commands, {
    summary: 'download many files at once, and account for every one',
    exitCodes: rowsOf(await read('docs/reference/exit-codes.md')),
    examples: examplesIn(await read('README.md')),
  });
  return new Map([
    ['docs/reference/commands.md', commandsPage(commands)],
    ['docs/reference/other-tools.md', otherToolsPage(OTHER_OPTIONS)],
    ['man/flaghoist.1', man],
  ]);
}

/** The rows of a page's first table, but for its heading, as plain text. */
function rowsOf(page: string): [string, string][] {
  const rows = [...page.matchAll(/^\| (\d[^|]*) \| ([^|]+) \|/gm)];
  return rows.map(([, code = '', meaning = '']) => [code, meaning.replaceAll('`', '')]);
}

/** The lines `command  # meaning` of a page's shell blocks. */
function examplesIn(page: string): [string, string][] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const lines = blocks.join('').matchAll(/^(.*\bflaghoist .*?) +# (.+)$/gm);
  return [...lines].map(([, command = '', meaning = '']) => [command, meaning]);
}

function read(path: string): Promise<string> {
  return readFile(new URL(path, CHECKOUT), 'utf8');
}
