import { constants, copyFile, stat, utimes } from 'node:fs/promises';
import type { Item } from '../../model/item.ts';
import type { FinalName } from '../names/final-names.ts';
import type { SavedFile } from '../sinks/sink.ts';
import { type Algorithm, type DigestsOf, RunningDigests } from './digests.ts';
import { compareContents, publish } from './publish.ts';
import type { StagingArea } from './staging-area.ts';
import { removeIfThere } from './staging-file.ts';

/** What {@link copySaved} copies. */
export interface CopyOf {
  readonly item: Item;
  /** The file that an earlier run has saved. It stays. */
  readonly file: SavedFile;
  /** The name that the row has now. */
  readonly name: FinalName;
}

/**
 * Copies a file that an earlier run has saved to the name that its row has now. It is a copy, and no link:
 * a change of one file must not change the other. File systems that can share blocks do.
 *
 * @returns undefined when the file is not what was saved: its size, its digest or its checksum differs
 * @throws ExistingFileError, SkipError; the file system's errors
 */
export async function copySaved(
  { item, file, name }: CopyOf,
  staging: StagingArea,
): Promise<SavedFile | undefined> {
  const temporary = staging.temporaryPath();
  try {
    await copyFile(file.path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const { size, atime, mtime } = await stat(file.path);
    // Some file systems store no times, and the copy is as good without.
    await utimes(temporary, atime, mtime).catch(() => undefined);
    const digests = await digestsOf(temporary, size, algorithmsFor(item, file, name));
    if (size !== file.bytes || !isWhatWasSaved(item, file, digests)) {
      name.release();
      return undefined;
    }
    let destination = await name.destination(undefined, digests.sha256);
    while (!(await publish(temporary, destination))) {
      const existing = await compareContents(temporary, destination.path);
      if (existing?.contents === 'same') break;
      destination = await name.otherDestination();
    }
    return { path: destination.path, bytes: size, digest: file.digest };
  } catch (error) {
    name.release();
    throw error;
  } finally {
    await removeIfThere(temporary);
  }
}

function algorithmsFor({ checksum }: Item, { digest }: SavedFile, name: FinalName): Algorithm[] {
  const algorithms = new Set<Algorithm>();
  if (checksum !== undefined) algorithms.add(checksum.algorithm);
  if (digest !== undefined || name.needsDigest) algorithms.add('sha256');
  return [...algorithms];
}

async function digestsOf(
  path: string,
  bytes: number,
  algorithms: readonly Algorithm[],
): Promise<DigestsOf> {
  const digests = new RunningDigests(algorithms);
  await digests.absorb(path, bytes);
  return digests.results();
}

function isWhatWasSaved({ checksum }: Item, { digest }: SavedFile, digests: DigestsOf): boolean {
  if (digest !== undefined && digest !== `sha256:${digests.sha256}`) return false;
  return checksum === undefined || digests[checksum.algorithm] === checksum.hex;
}
