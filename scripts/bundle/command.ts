import { glob, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { chunksOf, type Workers } from './chunks.ts';
import { leanCommander } from './lean-commander.ts';
import { licensesOf } from './licenses.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = join(ROOT, 'src');
const MAIN = join(SOURCES, 'cli/main.ts');
const GET = join(SOURCES, 'cli/commands/get.ts');

/**
 * Writes the command into `directory`, which has to be two levels below the root of the checkout or the
 * package: the code finds its assets relative to it, as it does from its place in `src`.
 *
 * @returns the chunks of code
 * @throws Error if two workers have the same name, or a package has no license
 */
export async function bundleCommand(directory: string): Promise<OutputChunk[]> {
  // A thread finds its code by name, beside the file that starts it, so all chunks are in one folder.
  const pattern = join(ROOT, 'src/**/*-worker.ts');
  const workers = (await Array.fromAsync(glob(pattern))).map((path) => resolve(path));
  const bundle = await rolldown({
    input: byName([MAIN, ...workers]),
    platform: 'node',
    plugins: [leanCommander],
    preserveEntrySignatures: 'allow-extension',
  });
  const { output } = await bundle.write({
    dir: directory,
    // Loads some 10 ms sooner than ES modules.
    format: 'cjs',
    entryFileNames: '[name].cjs',
    // No hashes, so that a new version replaces the old one in Node's compile cache.
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: chunksOf(MAIN, GET, byPart(workers)), debugName: 'chunksOf' }],
    },
    // Without comments, but with names and lines, so that stack traces lead to readable code.
    comments: false,
    charset: 'ascii',
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  await writeFile(join(directory, 'LICENSES.txt'), await licensesOf(modules));
  return chunks;
}

/**
 * Groups paths by their folder of `src`. The threads of the ledger alone have a chunk: those of other parts
 * need little, and a `get` that starts no thread would read one more file for each.
 */
function byPart(paths: readonly string[]): Workers {
  const partOf = (path: string) => relative(SOURCES, path).split(sep)[0] ?? '';
  const nameOf = (part: string) => (part === 'ledger' ? part : 'shared');
  return Object.groupBy(paths, (path) => nameOf(partOf(path))) as Workers;
}

/** @throws Error if two paths have the same name */
function byName(paths: readonly string[]): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const path of paths) {
    const name = basename(path, '.ts');
    if (name in entries) throw new Error(`${path} and ${entries[name]} have the same name`);
    entries[name] = path;
  }
  return entries;
}
