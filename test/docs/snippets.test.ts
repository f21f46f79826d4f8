import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFlagServer } from '../../src/server/flag-server.ts';
import { startExampleSite } from '../support/example-site.ts';
import { outputOf, snippetsOf } from '../support/snippets.ts';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = [
  'README.md',
  'docs/library.md',
  'docs/how-to/service.md',
  'docs/coming-from/p-limit.md',
];
const MODULES: Readonly<Record<string, string>> = {
  flaghoist: 'src/index.ts',
  'flaghoist/concurrency': 'src/concurrency/index.ts',
  'flaghoist/faults': 'src/server/faults/index.ts',
};

const server = await startFlagServer({ label: 'LOCAL', port: 0 });
const site = await startExampleSite();
after(async () => {
  await server.close();
  await site[Symbol.asyncDispose]();
});

const replacements = {
  'http://localhost:8001/flags': server.url,
  'https://example.com': site.url,
  ...Object.fromEntries(
    Object.entries(MODULES).map(([name, path]) => [
      `'${name}'`,
      `'${import.meta.resolve(`../../${path}`)}'`,
    ]),
  ),
};

suite('The documents: TypeScript prints what stands below it', { concurrency: 2 }, async () => {
  for (const page of PAGES) {
    for (const snippet of await snippetsOf(new URL(`../../${page}`, import.meta.url))) {
      test(`${page}: prints ${snippet.output.trim().replaceAll('\n', ', ')}`, async () => {
        assert.equal(await outputOf(snippet, replacements), snippet.output);
      });
    }
  }
});

test('The documents: TypeScript has no type errors', async () => {
  const pages = [...PAGES, 'docs/faults.md'];
  const directory = await mkdtemp(join(tmpdir(), 'snippets-'));
  try {
    for (const page of pages) {
      const snippets = await snippetsOf(new URL(`../../${page}`, import.meta.url));
      for (const [i, { code }] of snippets.entries()) {
        await writeFile(join(directory, `${page.replaceAll('/', '-')}-${i}.mts`), code);
      }
    }
    const paths = Object.entries(MODULES).map(([name, path]) => [name, [`${CHECKOUT}${path}`]]);
    const compilerOptions = {
      paths: Object.fromEntries(paths),
      typeRoots: [`${CHECKOUT}node_modules/@types`],
    };
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        extends: `${CHECKOUT}tsconfig.json`,
        compilerOptions,
        include: ['*.mts'],
        exclude: [],
      }),
    );
    const tsc = `${CHECKOUT}node_modules/typescript/bin/tsc`;
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', directory]).catch(
      (error: { readonly stdout: string }) => error,
    );
    assert.equal(stdout, '');
  } finally {
    await rm(directory, { recursive: true });
  }
});
