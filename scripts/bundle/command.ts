import { glob, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { chunksOf, type Workers } from './chunks.ts';
import { leanCommander } from './lean-commander.ts';
import { licensesOf } from './licenses.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = join(ROOT, 'src');
const MAIN = join(SOURCES, 'cli/main.ts');
const GET = join(SOURCES, 'cli/commands/run-get.ts');

/**
 * Writes the command into `directory`, which has to be two levels below the checkout, or the package:
 * from there the code looks for what it brings along, as it does from its place in `src`.
 *
 * @returns the files of code
 * @throws Error when something in the sources, or in a package, is not as it has to be
 */
export async function bundleCommand(directory: string): Promise<OutputChunk[]> {
  // What a thread runs is found by its name, beside the file that starts it: all lie together.
  const pattern = join(ROOT, 'src/**/*-worker.ts');
  const workers = (await Array.fromAsync(glob(pattern))).map((path) => resolve(path));
  const bundle = await rolldown({
    input: byName([MAIN, ...workers]),
    platform: 'node',
    plugins: [leanCommander],
    preserveEntrySignatures: 'allow-extension',
    // `main` has all commands in one file, though from the sources only one is loaded.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle.write({
    dir: directory,
    // Sooner loaded than modules are, by some 10 ms.
    format: 'cjs',
    entryFileNames: '[name].cjs',
    // No hashes: a file of a new version takes the place of the old one's in Node's compile cache.
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: chunksOf(MAIN, GET, byPart(workers)), debugName: 'chunksOf' }],
    },
    // Without comments, but with our names and lines: stack traces lead to readable code.
    comments: false,
    charset: 'ascii',
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  await writeFile(join(directory, 'LICENSES.txt'), await licensesOf(modules));
  return chunks;
}

/** By the folder of `src` that they are in. */
function byPart(paths: readonly string[]): Workers {
  return Object.groupBy(paths, (path) => relative(SOURCES, path).split(sep)[0] ?? '') as Workers;
}

/** @throws Error when two would become the same file */
function byName(paths: readonly string[]): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const path of paths) {
    const name = basename(path, '.ts');
    if (name in entries) throw new Error(`${path} and ${entries[name]} have the same name`);
    entries[name] = path;
  }
  return entries;
}
