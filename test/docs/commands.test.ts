import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { createCommand } from '../../src/cli/command.ts';
import { COMMAND_NAMES, commandsFor } from '../../src/cli/commands.ts';
import { GET_OPTIONS } from '../../src/cli/options/get-options.ts';
import { checkExclusions } from '../../src/cli/options/option.ts';
import { inOurWords } from '../../src/cli/options/other-tools.ts';
import { withCommand } from '../../src/cli/options/url-arguments.ts';
import { compileTemplate } from '../../src/save/names/name-template.ts';
import { blocksOf, examplesOf } from '../support/document-blocks.ts';
import { invocationsIn, type ShellLine } from '../support/shell-words.ts';

const DOCUMENTS = ['*.md', 'docs/**/*.md'];

test('The documents: each command that they show can be parsed', async () => {
  const lines: ShellLine[] = [];
  for await (const path of glob(DOCUMENTS, { exclude: ['docs/reference/**', 'CHANGELOG.md'] })) {
    for (const line of shellLinesOf(await readFile(path, 'utf8'))) {
      lines.push({ place: `${path}: ${line}`, line });
    }
  }
  const invocations = await invocationsIn(lines);
  assert.ok(invocations.length > 80, `${invocations.length}`);
  const problems = invocations.map(({ place, args }) => [place, problemOf(args)] as const);
  assert.deepEqual(
    problems.filter(([, problem]) => problem !== undefined),
    [],
  );
});

/** Commands in blocks, and those in the text: `flaghoist status DIR`. */
function shellLinesOf(document: string): string[] {
  const lines = blocksOf(document)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll('\\\n', '').split('\n'));
  const examples = examplesOf(document).map(({ command }) => command);
  const text = document.replace(/^```.*?^```/gms, '');
  const inText = [...text.matchAll(/`((?:[A-Z_]+=\S+ )?flaghoist (?:URL|\S+ [^`]+))`/g)];
  const spans = inText.map(([, command = '']) =>
    command.replace(/\bURL\b/, 'https://example.com/a.jpg'),
  );
  return [...lines, ...examples, ...spans].filter((line) => {
    return /\bflaghoist\b/.test(line) && !/[…<]|COMMAND|OPTIONS/.test(line);
  });
}

/** What is wrong with a command line, without running it. */
function problemOf(args: readonly string[]): string | undefined {
  const meant = withCommand(args, COMMAND_NAMES);
  const program = createCommand('flaghoist').version('0', '-V, --version');
  for (const command of commandsFor(meant)) {
    program.addCommand(
      command.configureOutput({ writeOut: () => {} }).action(() => {
        if (command.name() === 'get') checkGet(command.opts());
      }),
    );
  }
  try {
    program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    program.parse(inOurWords(meant), { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    return error instanceof Error ? error.message : String(error);
  }
}

function checkGet(options: Record<string, unknown>): void {
  checkExclusions(GET_OPTIONS, options);
  if (typeof options.output === 'string') compileTemplate(options.output);
}

test('docs/coming-from: the options of ours that it names are there', async () => {
  const known = new Set(
    Object.values(GET_OPTIONS).flatMap(({ flags }) => flags.match(/--?[\w-]+/g) ?? []),
  );
  const unknown: string[] = [];
  for await (const path of glob('docs/coming-from/*.md')) {
    const rows = (await readFile(path, 'utf8')).matchAll(/^\| .+ \| (.+) \|$/gm);
    for (const [, ours = ''] of rows) {
      for (const [, span = ''] of ours.matchAll(/`([^`]+)`/g)) {
        if (/^(?:jq|limit|new) /.test(span)) continue;
        const options = span.match(/(?<=^|\s)--?[a-zA-Z][\w-]*/g) ?? [];
        for (const option of options) if (!known.has(option)) unknown.push(`${path}: ${span}`);
      }
    }
  }
  assert.deepEqual(unknown, []);
});
