import type { ChunkingContext } from 'rolldown';

/** Says in which file of the bundle a module goes; null for one that the bundler may decide on. */
type Chunking = (module: string, context: ChunkingContext) => string | null;

/**
 * Every file that is read costs about half a millisecond, however short. Left alone, the bundler makes
 * some thirty for a `get`: one for whatever two entries share. This makes four:
 *
 * - `command`: what is needed to make sense of a command line, for all commands;
 * - `download`: what `get` needs on top of it;
 * - what threads need of `download`: a file for each part of the product that has some (`ledger` alone);
 * - `shared`: what threads of several parts need, or threads and `command`.
 *
 * So a thread loads nothing of another part: with one file for all of them, the one that saves had to
 * load the HTTP client.
 *
 * @param main the module that the command starts with
 * @param get the module that downloads
 * @param workers the modules that threads start with, by the part of the product that they belong to
 */
export function chunksOf(main: string, get: string, workers: Workers): Chunking {
  let chunks: ReadonlyMap<string, string> | undefined;
  return (module, context) => {
    chunks ??= assign(context, { main, get, workers });
    return chunks.get(module) ?? null;
  };
}

/** By a name for a file of what they need. */
export type Workers = Readonly<Record<string, readonly string[]>>;

interface Starts {
  readonly main: string;
  readonly get: string;
  readonly workers: Workers;
}

function assign(context: ChunkingContext, { main, get, workers }: Starts): Map<string, string> {
  const command = needsOf([main, ...dynamicImportsOf(needsOf([main], context), context)], context);
  const download = needsOf([get], context);
  const chunks = new Map<string, string>();
  // Of those that are in several, the last counts.
  for (const module of download) chunks.set(module, 'download');
  for (const module of command) chunks.set(module, 'command');
  for (const [part, starts] of Object.entries(workers)) {
    for (const module of needsOf(starts, context)) {
      const chunk = chunks.get(module);
      if (chunk !== undefined) chunks.set(module, chunk === 'download' ? part : 'shared');
    }
  }
  return chunks;
}

/** All modules that must be there before any of `starts` can run, these included. */
function needsOf(starts: readonly string[], context: ChunkingContext): Set<string> {
  const needs = new Set(starts);
  // A set that grows meanwhile is iterated to its end.
  for (const module of needs) {
    for (const needed of context.getModuleInfo(module)?.importedIds ?? []) needs.add(needed);
  }
  return needs;
}

function dynamicImportsOf(modules: Iterable<string>, context: ChunkingContext): string[] {
  return [...modules].flatMap(
    (module) => context.getModuleInfo(module)?.dynamicallyImportedIds ?? [],
  );
}
