import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import type { SavedFile } from '../sinks/sink.ts';
import { BESIDE, type ShardJournal } from './shard.ts';
import { SHARD_FILE } from './shard-file.ts';

/** The shards that are there when a run begins. */
export interface PublishedShards {
  /** Their names, such as `00012.tar`. */
  readonly names: ReadonlySet<string>;
  /** The number of the next shard. */
  readonly next: number;
}

/**
 * Lists the shards that are there. What a killed run has left of one that it did not publish is removed.
 * @throws BrokenRunError when shards cannot be listed, or what is left not removed
 */
export async function findShards(
  storage: ObjectStorage,
  journal: ShardJournal | undefined,
): Promise<PublishedShards> {
  let found = await listShards(storage);
  const left = journal?.unpublished;
  if (journal !== undefined && left !== undefined) {
    if (!found.names.has(left)) {
      await removeRest(storage, left.replace(/\.tar$/, ''));
      journal.takeBack(left);
      // Its number is free again: readers of data sets count on numbers without gaps.
      found = await listShards(storage);
    }
    journal.note(undefined);
  }
  // Rows of a shard that was moved away must not be taken for those of another.
  return { names: found.names, next: Math.max(found.next, (journal?.last ?? -1) + 1) };
}

/** Whether a file is in one of the shards, by its path. */
export function isInShards(names: ReadonlySet<string>, { path }: Pick<SavedFile, 'path'>): boolean {
  const [, name = ''] = /([^/\\]+)[/\\][^/\\]+$/.exec(path) ?? [];
  return names.has(name);
}

/**
 * Whether files are in the shards that are there now. Nothing is written.
 * @throws BrokenRunError
 */
export async function savedInShards(storage: ObjectStorage): Promise<(file: SavedFile) => boolean> {
  const { names } = await listShards(storage);
  return (file) => isInShards(names, file);
}

/** @throws BrokenRunError */
async function listShards(storage: ObjectStorage): Promise<PublishedShards> {
  const names = new Set<string>();
  let next = 0;
  try {
    for await (const { name } of storage.list()) {
      const [, number] = SHARD_FILE.exec(name) ?? [];
      if (number === undefined) continue;
      next = Math.max(next, Number(number) + 1);
      if (name.endsWith('.tar')) names.add(name);
    }
  } catch (cause) {
    throw new BrokenRunError(`cannot list the shards in ${storage.location}: ${messageOf(cause)}`, {
      cause,
    });
  }
  return { names, next };
}

/** Removes what stands beside a shard that was not published. @throws BrokenRunError */
async function removeRest(storage: ObjectStorage, stem: string): Promise<void> {
  try {
    for (const ending of BESIDE) await storage.remove(stem + ending);
  } catch (cause) {
    throw new BrokenRunError(
      `cannot remove what a run has left of the shard ${stem}.tar in ${storage.location}: ${messageOf(cause)}`,
      { cause },
    );
  }
}
