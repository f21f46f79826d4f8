import { constants, copyFile, stat, utimes } from 'node:fs/promises';
import type { Item } from '../../model/item.ts';
import type { FinalName } from '../names/final-names.ts';
import type { SavedFile } from '../sinks/sink.ts';
import type { Savers } from '../threads/savers.ts';
import type { KnownContents, SharableDestination, SharedPath } from './contents.ts';
import { type Algorithm, type DigestsOf, RunningDigests } from './digests.ts';
import type { SmallBody, StagedBody, WholeBody } from './file-draft.ts';
import { compareContents, type Destination, hasLinked, publish, statsOf } from './publish.ts';
import type { StagingArea } from './staging-area.ts';
import { removeIfThere } from './staging-file.ts';

/**
 * A file that appears under its name only once it is complete: it is written under another name on the
 * same file system and then published, which is atomic ({@link publish}). After a kill at any moment the
 * final name belongs to the whole file, or to what was there before. Only a power cut may leave an empty
 * file, as the disk may do the rename before the write. The sync that rules this out (`durable`) costs
 * more than downloading a small file, and a second run recognizes such a file by its length.
 */
export class NamedFile implements SharableDestination {
  readonly #name: FinalName;
  readonly #staging: StagingArea;
  readonly #savers: Savers;
  /** The temporary file of a small body, once it may exist. */
  #temporary: string | undefined;

  constructor(name: FinalName, staging: StagingArea, savers: Savers) {
    this.#name = name;
    this.#staging = staging;
    this.#savers = savers;
  }

  get needsDigest(): boolean {
    return this.#name.needsDigest;
  }

  async saveSmall({ pieces, bytes, digests, head, time }: SmallBody): Promise<string> {
    const settled = this.#name.destination(head, digests.sha256);
    // A destination that is known already costs a small file no further turn.
    const destination = settled instanceof Promise ? await settled : settled;
    // From an earlier save that failed.
    if (this.#temporary !== undefined) await removeIfThere(this.#temporary);
    const temporary = this.#staging.temporaryPath();
    this.#temporary = temporary;
    const isSaved = await this.#savers.save({ temporary, destination, pieces, size: bytes, time });
    return isSaved ? destination.path : await this.#publishElsewhere(temporary, destination);
  }

  async saveStaged({ staging, digests, head }: StagedBody): Promise<string> {
    const destination = await this.#name.destination(head, digests.sha256);
    const isSaved = await publish(staging.path, destination);
    const path = isSaved
      ? destination.path
      : await this.#publishElsewhere(staging.path, destination);
    await staging.moved();
    return path;
  }

  /** Gives the file another name by a hard link. A file that was changed since is not shared. */
  async share(
    known: KnownContents,
    { head, digests: { sha256 } }: WholeBody,
  ): Promise<SharedPath | undefined> {
    if (!(await isAsSaved(known, sha256))) return undefined;
    const temporary = this.#staging.temporaryPath();
    try {
      if (!(await hasLinked(known.path, temporary))) return undefined;
      const destination = await this.#name.destination(head, sha256);
      const isPublished = await publish(temporary, destination);
      const path = isPublished
        ? destination.path
        : await this.#publishElsewhere(temporary, destination);
      return path === known.path ? { path } : { path, duplicateOf: known.path };
    } finally {
      // It stays when it is given the name of a file that is the same already.
      await removeIfThere(temporary);
    }
  }

  release(): Promise<void> | undefined {
    this.#name.release();
    return this.#temporary === undefined ? undefined : removeIfThere(this.#temporary);
  }

  /**
   * Publishes a file whose destination is taken. If the existing file has the same contents, it stays
   * and ours is removed: it may have been saved by a run that was killed before recording it.
   * @returns the path of the file
   * @throws ExistingFileError, SkipError; the file system's errors
   */
  async #publishElsewhere(file: string, taken: Destination): Promise<string> {
    let destination = taken;
    do {
      const { path, replaces } = destination;
      const existing = await compareContents(file, path);
      if (existing?.contents === 'same') {
        await removeIfThere(file);
        return path;
      }
      // A killed run may have reserved the name with an empty file. A file that was cut short has
      // nothing of its own.
      const { contents } = existing ?? {};
      const isEmpty = contents === 'empty' && (replaces === 'leftover' || replaces === 'changed');
      const isCut = contents === 'beginning' && replaces === 'changed';
      destination =
        existing !== undefined && (isEmpty || isCut)
          ? { path, replaces: existing.file }
          : await this.#name.otherDestination();
    } while (!(await publish(file, destination)));
    return destination.path;
  }
}

/** Whether the file still has its contents: by its size and time, or else by reading it. */
async function isAsSaved(
  { path, bytes, savedAt }: KnownContents,
  sha256: string | undefined,
): Promise<boolean> {
  const stats = await statsOf(path);
  if (!stats?.isFile() || stats.size !== bytes) return false;
  if (stats.mtimeMs <= savedAt) return true;
  return (await digestsOf(path, bytes, ['sha256'])).sha256 === sha256;
}

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
