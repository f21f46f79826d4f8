// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import * as concurrency from '../../src/concurrency/index.ts';

const DOCS = new URL('../../docs/concurrency.md', import.meta.url);
const MODULE = import.meta.resolve('../../src/concurrency/index.ts');
const text = await readFile(DOCS, 'utf8');

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
    it(`prints: ${title}`, async () => assert.equal(await outputOf(code), output));
  }

  it('has no TypeScript that is not run', () => {
    assert.equal(text.match(/^```ts$/gm)?.length, snippets.length);
  });

  it('names everything that the module exports', () => {
    for (const name of Object.keys(concurrency)) assert.match(text, new RegExp(`\\b${name}\\b`));
  });
});
