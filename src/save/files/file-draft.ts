import { ByteRangeError } from '../../model/failure.ts';
import type { Item } from '../../model/item.ts';
import type { Part, ResponseHead, StatedChecksum } from '../../model/response.ts';
import type { Target } from '../names/target.ts';
import type { Draft, SavedFile } from '../sinks/sink.ts';
import type { WholeFile } from '../threads/saver-thread.ts';
import { BodyStore } from './body-store.ts';
import { compareContents } from './compare-contents.ts';
import { type Algorithm, check, type DigestsOf, digestsOf, RunningDigests } from './digests.ts';
import { fileTimeOf } from './file-times.ts';
import { canGoOn } from './part-file.ts';
import { type Destination, publish } from './publish.ts';
import type { RangeWriter } from './range-writer.ts';
import { type PartFacts, removeIfThere, type StagingFile } from './staging-file.ts';

/** What a draft is given by its sink, for all rows alike. */
export interface DraftSpace {
  /** A new path for a temporary file: no other file has it. */
  temporaryPath(): string;
  /** A file for a body that has outgrown memory. */
  stagingFileFor(item: Item): StagingFile;
  /**
   * Writes a file that is whole, and gives it its name.
   * @returns false when the name is taken; the temporary file is there then
   * @throws the file system's errors
   */
  save(file: WholeFile): Promise<boolean>;
  /** Whether every file's SHA-256 is asked for. */
  readonly digest: boolean;
  /** Whether a file is synced to the disk before it gets its name. */
  readonly durable: boolean;
  /** Whether a file has the time that its server tells, and not that of its download. */
  readonly fileTimes: boolean;
}

/**
 * A file that appears under its name only when it is whole: written under another name on the same
 * file system, then published, which is atomic ({@link publish}). A kill at any moment leaves the final
 * name to the whole file, or to what was there before. Only a power cut may leave an empty file under
 * it, since the disk may do the rename before the write; the sync that rules it out (`durable`)
 * costs more than the download of a small file does, and a run that is started again finds such a
 * file by its length.
 */
export class FileDraft implements Draft {
  readonly #item: Item;
  readonly #target: Target;
  readonly #space: DraftSpace;
  readonly #algorithms: readonly Algorithm[];
  readonly #body: BodyStore;
  /** Of the response under way, or of the last one. */
  #head: ResponseHead | undefined;
  /** Of the version that the bytes are of: from the response which began at 0. */
  #version: PartFacts | undefined;
  /** What the server says of the whole file. */
  #stated: StatedChecksum | undefined;
  /** The body came in several responses, so no single one was held against the digest. */
  #isPieced = false;
  /** The temporary file of a small body, once there may be one. */
  #temporary: string | undefined;

  /** @param left what an earlier run left, to go on from */
  constructor(item: Item, target: Target, space: DraftSpace, left?: StagingFile) {
    this.#item = item;
    this.#target = target;
    this.#space = space;
    this.#algorithms = algorithmsOf(item, space.digest || target.needsDigest);
    const newStagingFile = () => space.stagingFileFor(item);
    this.#body = new BodyStore(newStagingFile, this.#algorithms, left);
    this.#version = left?.left;
  }

  get part(): Part | undefined {
    const version = this.#version;
    if (version === undefined || !canGoOn(version)) return undefined;
    const { etag, lastModified, length } = version;
    return { bytes: this.#body.bytes, etag, lastModified, length };
  }

  get bytes(): number {
    return this.#body.bytes;
  }

  /** @throws ByteRangeError when the body neither begins the file nor goes on where the part ends */
  begin(head: ResponseHead): void {
    if (head.offset === 0) {
      this.#body.clear(head);
      this.#version = head;
      this.#stated = head.stated;
      this.#isPieced = false;
    } else {
      this.#goOn(head);
      this.#isPieced = true;
      this.#stated = head.stated ?? this.#stated;
    }
    this.#head = head;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.#body.push(chunk);
  }

  range(start: number): RangeWriter {
    this.#isPieced = true;
    return this.#body.range(start);
  }

  join(): Promise<void> {
    return this.#body.join();
  }

  async restart(): Promise<void> {
    // Its failure is known: whoever wrote was given it.
    await Promise.allSettled([this.#body.writing]);
    this.#startOver();
  }

  commit(): Promise<SavedFile> {
    const { writing } = this.#body;
    if (writing !== undefined) return writing.then(() => this.commit());
    return this.#body.isSmall ? this.#commitSmall() : this.#commitStaged();
  }

  async discard({ keep = false }: { readonly keep?: boolean | undefined } = {}): Promise<void> {
    try {
      const isOfUse = this.#version !== undefined && canGoOn(this.#version);
      await (keep && isOfUse ? this.#body.keep() : this.#body.remove());
      if (this.#temporary !== undefined) await removeIfThere(this.#temporary);
    } finally {
      this.#target.release();
    }
  }

  async #commitSmall(): Promise<SavedFile> {
    const { pieces, size } = this.#body.take();
    const stated = this.#unchecked;
    const algorithms = stated === undefined ? [] : [stated.algorithm];
    const digests = this.#checked(digestsOf(pieces, [...this.#algorithms, ...algorithms]));
    const settled = this.#target.settle(this.#head, digests.sha256);
    const destination = settled instanceof Promise ? await settled : settled;
    // Of a commit that failed before this one.
    if (this.#temporary !== undefined) await removeIfThere(this.#temporary);
    const temporary = this.#space.temporaryPath();
    this.#temporary = temporary;
    const file = { temporary, destination, pieces, size, time: this.#time };
    const isSaved = await this.#space.save(file);
    const path = isSaved ? destination.path : await this.#publishElsewhere(temporary, destination);
    // What an earlier run left was of a version that the file is not any more.
    if (this.#body.hasStagingFile) await this.#body.remove();
    return this.#saved(path, size, digests);
  }

  async #commitStaged(): Promise<SavedFile> {
    const { bytes, digests, staging } = await this.#body.finish({
      durable: this.#space.durable,
      time: this.#time,
    });
    this.#checked({ ...digests, ...(await this.#statedDigests(digests, staging.path, bytes)) });
    const destination = await this.#target.settle(this.#head, digests.sha256);
    const isPublished = await publish(staging.path, destination);
    const path = isPublished
      ? destination.path
      : await this.#publishElsewhere(staging.path, destination);
    await staging.moved();
    return this.#saved(path, bytes, digests);
  }

  /** What the file has still to be held against besides the row's checksum. */
  get #unchecked(): StatedChecksum | undefined {
    return this.#isPieced ? this.#stated : undefined;
  }

  /** It is known only with the last response which digest is needed, so the file is read once more. */
  async #statedDigests(known: DigestsOf, path: string, bytes: number): Promise<DigestsOf> {
    const stated = this.#unchecked;
    if (stated === undefined || known[stated.algorithm] !== undefined) return {};
    const digests = new RunningDigests([stated.algorithm]);
    await digests.absorb(path, bytes);
    return digests.results();
  }

  /** Of the version that the bytes are of. */
  get #time(): number | undefined {
    if (!this.#space.fileTimes) return undefined;
    return fileTimeOf(this.#head?.lastModified ?? this.#version?.lastModified);
  }

  /**
   * Publishes a file whose place is taken. When the file that has it is the same to the last byte, it
   * stays and ours goes: it is as good, and may be that of a run that was killed before it was recorded.
   * @returns where the file is
   * @throws ExistingFileError, SkipError; the file system's errors
   */
  async #publishElsewhere(file: string, taken: Destination): Promise<string> {
    let destination = taken;
    do {
      const { contents, file: found } = (await compareContents(file, destination.path)) ?? {};
      if (contents === 'same') {
        await removeIfThere(file);
        return destination.path;
      }
      // What a kill leaves where names are claimed by an empty file.
      const isRest =
        contents === 'none' && destination.replaces === 'remains' && found !== undefined;
      destination = isRest
        ? { path: destination.path, replaces: found }
        : await this.#target.settleElsewhere();
    } while (!(await publish(file, destination)));
    return destination.path;
  }

  /** @throws ChecksumError; then nothing of it is gone on from */
  #checked(digests: DigestsOf): DigestsOf {
    try {
      const stated = this.#unchecked;
      check(this.#item.checksum, digests);
      check(stated, digests, stated?.header);
      return digests;
    } catch (error) {
      this.#startOver();
      throw error;
    }
  }

  #startOver(): void {
    this.#body.clear({});
    this.#version = undefined;
  }

  /** @throws ByteRangeError */
  #goOn({ offset, length }: ResponseHead): void {
    const { bytes = 0, length: before } = this.part ?? {};
    if (offset !== bytes) {
      throw new ByteRangeError(`its body begins at byte ${offset}, and ${bytes} are there`);
    }
    if (length === undefined) return;
    if (before !== undefined && length !== before) {
      throw new ByteRangeError(`the file has ${length} bytes, and had ${before} before`, length);
    }
    this.#version = { ...this.#version, length };
  }

  #saved(path: string, bytes: number, { sha256 }: DigestsOf): SavedFile {
    const wanted = this.#space.digest && sha256 !== undefined;
    return { path, bytes, digest: wanted ? `sha256:${sha256}` : undefined };
  }
}

const NONE: readonly Algorithm[] = [];
const SHA256: readonly Algorithm[] = ['sha256'];

function algorithmsOf({ checksum }: Item, sha256: boolean): readonly Algorithm[] {
  const always = sha256 ? SHA256 : NONE;
  if (checksum === undefined || (sha256 && checksum.algorithm === 'sha256')) return always;
  return [...always, checksum.algorithm];
}
