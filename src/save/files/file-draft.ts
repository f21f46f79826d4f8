import { ByteRangeError } from '../../model/failure.ts';
import type { Item } from '../../model/item.ts';
import type { Part, ResponseHead, StatedChecksum } from '../../model/response.ts';
import type { FinalName } from '../names/final-names.ts';
import type { Draft, SavedFile } from '../sinks/sink.ts';
import { BodyStore } from './body-store.ts';
import { type Algorithm, check, type DigestsOf, digestsOf, RunningDigests } from './digests.ts';
import { canGoOn } from './part-file.ts';
import { compareContents, type Destination, publish } from './publish.ts';
import type { RangeWriter } from './range-writer.ts';
import type { StagingArea } from './staging-area.ts';
import { fileTimeOf, type PartFacts, removeIfThere, type StagingFile } from './staging-file.ts';

/**
 * A file that appears under its name only once it is complete: it is written under another name on the
 * same file system and then published, which is atomic ({@link publish}). After a kill at any moment the
 * final name belongs to the whole file, or to what was there before. Only a power cut may leave an empty
 * file, as the disk may do the rename before the write. The sync that rules this out (`durable`) costs
 * more than downloading a small file, and a second run recognizes such a file by its length.
 */
export class FileDraft implements Draft {
  readonly #item: Item;
  readonly #name: FinalName;
  readonly #staging: StagingArea;
  readonly #algorithms: readonly Algorithm[];
  readonly #body: BodyStore;
  /** The head of the current response, or of the last one. */
  #head: ResponseHead | undefined;
  /** The version of the file that the bytes belong to, from the response that began at byte 0. */
  #version: PartFacts | undefined;
  /** The checksum that the server states for the whole file. */
  #stated: StatedChecksum | undefined;
  /** Whether several responses brought the body: then none of them was checked against the checksum. */
  #isPieced = false;
  /** The temporary file of a small body, once it may exist. */
  #temporary: string | undefined;

  /** @param left the staging file that an earlier run left, to go on from */
  constructor(item: Item, name: FinalName, staging: StagingArea, left?: StagingFile) {
    this.#item = item;
    this.#name = name;
    this.#staging = staging;
    this.#algorithms = algorithmsOf(item, staging.options.digest || name.needsDigest);
    this.#body = new BodyStore(() => staging.stagingFileFor(item), this.#algorithms, left);
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

  /** @throws ByteRangeError when the body begins neither at byte 0 nor where the part ends */
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
    // A failed write has been reported by write() already.
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
      const isUsable = this.#version !== undefined && canGoOn(this.#version);
      await (keep && isUsable ? this.#body.keep() : this.#body.remove());
      if (this.#temporary !== undefined) await removeIfThere(this.#temporary);
    } finally {
      this.#name.release();
    }
  }

  async #commitSmall(): Promise<SavedFile> {
    const { pieces, size } = this.#body.take();
    const stated = this.#unchecked;
    const algorithms = stated === undefined ? [] : [stated.algorithm];
    const digests = this.#checked(digestsOf(pieces, [...this.#algorithms, ...algorithms]));
    const settled = this.#name.destination(this.#head, digests.sha256);
    // A destination that is known already costs a small file no further turn.
    const destination = settled instanceof Promise ? await settled : settled;
    // From an earlier commit that failed.
    if (this.#temporary !== undefined) await removeIfThere(this.#temporary);
    const temporary = this.#staging.temporaryPath();
    this.#temporary = temporary;
    const file = { temporary, destination, pieces, size, time: this.#time };
    const isSaved = await this.#staging.save(file);
    const path = isSaved ? destination.path : await this.#publishElsewhere(temporary, destination);
    // What an earlier run left belongs to a version that the file no longer has.
    if (this.#body.hasStagingFile) await this.#body.remove();
    return this.#saved(path, size, digests);
  }

  async #commitStaged(): Promise<SavedFile> {
    const { durable } = this.#staging.options;
    const { bytes, digests, staging } = await this.#body.finish({ durable, time: this.#time });
    this.#checked({ ...digests, ...(await this.#statedDigests(digests, staging.path, bytes)) });
    const destination = await this.#name.destination(this.#head, digests.sha256);
    const isSaved = await publish(staging.path, destination);
    const path = isSaved
      ? destination.path
      : await this.#publishElsewhere(staging.path, destination);
    await staging.moved();
    return this.#saved(path, bytes, digests);
  }

  /** The checksum that has not been checked by the request: that of a file of several responses. */
  get #unchecked(): StatedChecksum | undefined {
    return this.#isPieced ? this.#stated : undefined;
  }

  /** Reads the file once more for a digest that only the last response asked for. */
  async #statedDigests(known: DigestsOf, path: string, bytes: number): Promise<DigestsOf> {
    const stated = this.#unchecked;
    if (stated === undefined || known[stated.algorithm] !== undefined) return {};
    const digests = new RunningDigests([stated.algorithm]);
    await digests.absorb(path, bytes);
    return digests.results();
  }

  /** The time that the file gets, of the version that the bytes belong to. */
  get #time(): number | undefined {
    if (!this.#staging.options.fileTimes) return undefined;
    return fileTimeOf(this.#head?.lastModified ?? this.#version?.lastModified);
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

  /** @throws ChecksumError, after forgetting the bytes, which must not be continued */
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
    const isReported = this.#staging.options.digest && sha256 !== undefined;
    return { path, bytes, digest: isReported ? `sha256:${sha256}` : undefined };
  }
}

const NONE: readonly Algorithm[] = [];
const SHA256: readonly Algorithm[] = ['sha256'];

function algorithmsOf({ checksum }: Item, sha256: boolean): readonly Algorithm[] {
  const always = sha256 ? SHA256 : NONE;
  if (checksum === undefined || (sha256 && checksum.algorithm === 'sha256')) return always;
  return [...always, checksum.algorithm];
}
