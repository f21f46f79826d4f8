// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import * as concurrency from '../../src/concurrency/index.ts';

const DOCS = new URL('../../docs/concurrency.md', import.meta.url);
const MODULE = import.meta.resolve('../../src/concurrency/index.ts');
const text = await readFile(DOCS, 'utf8');
const index = await readFile(new URL(MODULE), 'utf8');
/** What the index exports for other folders of this package. */
const INTERNAL = /@internal \*\/\nexport \{ (\w+) \}/g;

/** Each TypeScript block, and the text block below it, which is what it prints. */
const snippets = [...text.matchAll(/^```ts\n(.*?)^```\n\n^```text\n(.*?)^```$/gms)].map(
  ([, code = '', output = '']) => ({ code, output }),
);

async function outputOf(code: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'snippet-'));
  try {
    const file = join(directory, 'snippet.mts');
    await writeFile(file, code.replaceAll("'flaghoist/concurrency'", `'${MODULE}'`));
    return (await promisify(execFile)(process.execPath, [file])).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('docs/concurrency.md', { concurrency: 2 }, () => {
  for (const { code, output } of snippets) {
    const title = output.trim().replaceAll('\n', ', ');
    test(`prints: ${title}`, async () => assert.equal(await outputOf(code), output));
  }

  test('has no TypeScript that is not run', () => {
    assert.equal(text.match(/^```ts$/gm)?.length, snippets.length);
  });

  test('names everything that the module exports', () => {
    const internal = new Set([...index.matchAll(INTERNAL)].map(([, name]) => name));
    const names = Object.keys(concurrency).filter((name) => !internal.has(name));
    for (const name of names) assert.match(text, new RegExp(`\\b${name}\\b`));
  });
});
