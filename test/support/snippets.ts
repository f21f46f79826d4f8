import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A TypeScript block of a page, and its output: the text block below it. */
export interface Snippet {
  readonly code: string;
  readonly output: string;
}

/** @throws Error if a TypeScript block of the page has no output below it */
export async function snippetsOf(page: URL): Promise<Snippet[]> {
  const text = await readFile(page, 'utf8');
  const snippets = [...text.matchAll(/^```ts\n(.*?)^```\n\n^```text\n(.*?)^```$/gms)].map(
    ([, code = '', output = '']) => ({ code, output }),
  );
  if (text.match(/^```ts$/gm)?.length !== snippets.length) {
    throw new Error(`${page.pathname} has TypeScript that is not run`);
  }
  return snippets;
}

/** Runs a snippet in a directory of its own. @param replacements texts to replace in it first */
export async function outputOf(
  { code }: Snippet,
  replacements: Readonly<Record<string, string>>,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'snippet-'));
  try {
    const file = join(directory, 'snippet.mts');
    let text = code;
    for (const [from, to] of Object.entries(replacements)) text = text.replaceAll(from, to);
    await writeFile(file, text);
    return (await promisify(execFile)(process.execPath, [file], { cwd: directory })).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}
