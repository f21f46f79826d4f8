import { open } from 'node:fs/promises';
import { ByteRangeError } from '../../model/failure.ts';
import type { Item } from '../../model/item.ts';
import type { Part, ResponseHead, StatedChecksum } from '../../model/response.ts';
import type { Draft, SavedFile } from '../sinks/sink.ts';
import { BodyStore } from './body-store.ts';
import { type Algorithm, check, type DigestsOf, digestsOf, RunningDigests } from './digests.ts';
import { canGoOn } from './part-file.ts';
import type { RangeWriter } from './range-writer.ts';
import type { StagingArea } from './staging-area.ts';
import { fileTimeOf, type PartFacts, type StagingFile } from './staging-file.ts';

/** What is known of a body that has come whole and was checked. */
export interface WholeBody {
  /** Its length. */
  readonly bytes: number;
  /** Those that were asked for. */
  readonly digests: DigestsOf;
  /** The head of the last response. */
  readonly head: ResponseHead | undefined;
  /** The time that the file gets, in seconds since the epoch. @default that of its creation */
  readonly time: number | undefined;
}

/** A body in memory. */
export interface SmallBody extends WholeBody {
  readonly pieces: readonly Uint8Array[];
}

/** A body in a file, which is closed. */
export interface StagedBody extends WholeBody {
  readonly staging: StagingFile;
}

/**
 * Where a draft's body goes once it is whole: to a name in a directory, into a tar shard, to an object of
 * a bucket. One of the two saves is called, and again after one that failed; or {@link release}.
 */
export interface BodyDestination {
  /** Whether it needs the body's SHA-256, for instance for its name. */
  readonly needsDigest: boolean;
  /** The file of an earlier row whose contents the saved body shares. */
  readonly duplicateOf?: string | undefined;
  /**
   * Saves a body that is in memory. The pieces are its own from then on; once nothing reads them any more,
   * it may give their memory back (`body-memory.ts`).
   * @returns the file's path
   */
  saveSmall(body: SmallBody): Promise<string>;
  /**
   * Saves a body that is in a staging file, and moves or removes that file.
   * @returns the file's path
   */
  saveStaged(body: StagedBody): Promise<string>;
  /** There will be no file: gives up what was reserved for it, such as its name. */
  release(): Promise<void> | undefined;
}

/** A body as it arrives: in memory or in a staging file, until it is whole, checked, and saved. */
export class FileDraft implements Draft {
  readonly #item: Item;
  readonly #destination: BodyDestination;
  readonly #staging: StagingArea;
  readonly #algorithms: readonly Algorithm[];
  readonly #body: BodyStore;
  /** The head of the current response, or of the last one. */
  #head: ResponseHead | undefined;
  /** What an earlier run left, while the bytes begin with it. */
  #left: StagingFile | undefined;
  /** The version of the file that the bytes belong to, from the response that began at byte 0. */
  #version: PartFacts | undefined;
  /** The checksum that the server states for the whole file. */
  #stated: StatedChecksum | undefined;
  /** Whether several responses brought the body: then none of them was checked against the checksum. */
  #isPieced = false;

  /** @param left the staging file that an earlier run left, to go on from */
  constructor(item: Item, destination: BodyDestination, staging: StagingArea, left?: StagingFile) {
    this.#item = item;
    this.#destination = destination;
    this.#staging = staging;
    this.#algorithms = algorithmsOf(item, staging.options.digest || destination.needsDigest);
    this.#body = new BodyStore(() => staging.stagingFileFor(item), this.#algorithms, left);
    this.#left = left?.left === undefined ? undefined : left;
    this.#version = left?.left;
  }

  get part(): Part | undefined {
    const version = this.#version;
    if (version === undefined || !canGoOn(version)) return undefined;
    const { etag, lastModified, length } = version;
    const part = { bytes: this.#body.bytes, etag, lastModified, length };
    const left = this.#left;
    return left === undefined
      ? part
      : { ...part, beginning: (most) => beginningOf(left.path, Math.min(most, part.bytes)) };
  }

  get bytes(): number {
    return this.#body.bytes;
  }

  /** @throws ByteRangeError when the body begins neither at byte 0 nor where the part ends */
  begin(head: ResponseHead): void {
    if (head.offset === 0) {
      this.#left = undefined;
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
    } finally {
      await this.#destination.release();
    }
  }

  async #commitSmall(): Promise<SavedFile> {
    const { pieces, size: bytes } = this.#body.take();
    const stated = this.#unchecked;
    const algorithms = stated === undefined ? [] : [stated.algorithm];
    const digests = this.#checked(digestsOf(pieces, [...this.#algorithms, ...algorithms]));
    const body = { pieces, bytes, digests, head: this.#head, time: this.#time };
    const path = await this.#destination.saveSmall(body);
    // What an earlier run left belongs to a version that the file no longer has.
    if (this.#body.hasStagingFile) await this.#body.remove();
    return this.#saved(path, body);
  }

  async #commitStaged(): Promise<SavedFile> {
    const { durable } = this.#staging.options;
    const time = this.#time;
    const { bytes, digests, staging } = await this.#body.finish({ durable, time });
    this.#checked({ ...digests, ...(await this.#statedDigests(digests, staging.path, bytes)) });
    const body = { staging, bytes, digests, head: this.#head, time };
    return this.#saved(await this.#destination.saveStaged(body), body);
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
    this.#left = undefined;
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

  #saved(path: string, { bytes, digests: { sha256 } }: WholeBody): SavedFile {
    const isReported = this.#staging.options.digest && sha256 !== undefined;
    const digest = isReported ? `sha256:${sha256}` : undefined;
    const { duplicateOf } = this.#destination;
    return { path, bytes, digest, ...(duplicateOf === undefined ? {} : { duplicateOf }) };
  }
}

/** @throws the file system's errors */
async function beginningOf(path: string, most: number): Promise<Uint8Array> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
  return buffer.subarray(0, bytesRead);
}

/**
 * Opens the draft of a row. It goes on with what an earlier run has left of the file.
 * @returns a promise when the disk has to be asked for that
 * @throws (rejects) the file system's errors, once the destination is released
 */
export function openDraft(
  item: Item,
  destination: BodyDestination,
  staging: StagingArea,
): FileDraft | Promise<FileDraft> {
  const left = staging.find(item);
  if (left === undefined) return new FileDraft(item, destination, staging);
  return left.then(
    (file) => new FileDraft(item, destination, staging, file),
    async (error: unknown) => {
      await destination.release();
      throw error;
    },
  );
}

const NONE: readonly Algorithm[] = [];
const SHA256: readonly Algorithm[] = ['sha256'];

function algorithmsOf({ checksum }: Item, sha256: boolean): readonly Algorithm[] {
  const always = sha256 ? SHA256 : NONE;
  if (checksum === undefined || (sha256 && checksum.algorithm === 'sha256')) return always;
  return [...always, checksum.algorithm];
}
