import type { ChunkingContext } from 'rolldown';

/** Returns the chunk of a module; null to let the bundler decide. */
type Chunking = (module: string, context: ChunkingContext) => string | null;

/**
 * Returns a function that assigns modules to chunks. Each file that is read costs about half a
 * millisecond, however short. By default the bundler makes some thirty for a `get`: one for each set of
 * modules that two entries share. This makes four:
 *
 * - `command`: modules to parse a command line, for all commands;
 * - `download`: modules that `get` needs besides;
 * - one for each part of the product with threads (`ledger` alone): modules of `download` that they need;
 * - `shared`: modules that threads of several parts need, or threads and `command`.
 *
 * So a thread loads nothing of another part. With one chunk for all threads, the one that saves files had
 * to load the HTTP client.
 *
 * @param main the module that the command starts with
 * @param get the module that downloads
 * @param workers the modules that threads start with, by part of the product
 */
export function chunksOf(main: string, get: string, workers: Workers): Chunking {
  let chunks: ReadonlyMap<string, string> | undefined;
  return (module, context) => {
    chunks ??= assign(context, { main, get, workers });
    return chunks.get(module) ?? null;
  };
}

/** Paths of worker modules, by the name of the chunk with their dependencies. */
export type Workers = Readonly<Record<string, readonly string[]>>;

interface Starts {
  readonly main: string;
  readonly get: string;
  readonly workers: Workers;
}

function assign(context: ChunkingContext, { main, get, workers }: Starts): Map<string, string> {
  const command = needsOf([main], context);
  const download = needsOf([get], context);
  const chunks = new Map<string, string>();
  // For modules in several sets, the last assignment counts.
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

/** `starts` and all modules that they import statically. */
function needsOf(starts: readonly string[], context: ChunkingContext): Set<string> {
  const needs = new Set(starts);
  // The iteration includes items that are added meanwhile.
  for (const module of needs) {
    for (const needed of context.getModuleInfo(module)?.importedIds ?? []) needs.add(needed);
  }
  return needs;
}
