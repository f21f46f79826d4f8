import type { FileHandle } from 'node:fs/promises';
import { BufferedWriter } from './buffered-writer.ts';
import { type Algorithm, type DigestsOf, RunningDigests } from './digests.ts';
import { type RangeWriter, RangeWriters } from './range-writer.ts';
import type { PartFacts, StagingFile } from './staging-file.ts';
import { setFileTime } from './staging-file.ts';

/**
 * Bodies up to this many bytes stay in memory until they are complete, and are written at once; longer
 * ones are written as they arrive. Most files of a long list are smaller, and one write for a file is
 * cheaper than one for each chunk. With 1,000 requests in flight they take at most 100 MB.
 */
export const SMALL_BODY = 96 * 1024;

/** The bytes of one file as they arrive: in memory at first, in a staging file once there are too many. */
export class BodyStore {
  readonly #newStagingFile: () => StagingFile;
  readonly #algorithms: readonly Algorithm[];
  #staging: StagingFile | undefined;
  /** The staging file, while it is open. */
  #file: FileHandle | undefined;
  readonly #writer = new BufferedWriter(SMALL_BODY, () => this.#store(), SMALL_BODY);
  /** How many bytes of the file are in the staging file or being written to it. */
  #stored: number;
  /** How many of them are written. */
  #written: number;
  /** Whether the contents of the staging file are outdated: they are cut off before the next write. */
  #isStale = false;
  #facts: PartFacts = {};
  /** The digests of the bytes in the staging file. */
  #digests: RunningDigests | undefined;
  /** The ranges that arrive beside the beginning of the file. */
  #ranges: RangeWriters | undefined;
  /** The staging file, once it may have a gap. */
  #fileForRanges: Promise<FileHandle> | undefined;

  /** @param left the staging file of an earlier run, to go on from */
  constructor(
    newStagingFile: () => StagingFile,
    algorithms: readonly Algorithm[],
    left?: StagingFile,
  ) {
    this.#newStagingFile = newStagingFile;
    this.#algorithms = algorithms;
    this.#staging = left;
    this.#stored = left?.left?.bytes ?? 0;
    this.#written = this.#stored;
  }

  /** How many bytes there are to go on from; 0 once a write has failed. */
  get bytes(): number {
    return this.#writer.hasFailed ? 0 : this.#stored + this.#writer.size;
  }

  /** Whether the whole body is in memory. */
  get isSmall(): boolean {
    return this.#file === undefined && this.#stored === 0;
  }

  /** Whether a staging file exists, or may exist. */
  get hasStagingFile(): boolean {
    return this.#staging !== undefined;
  }

  /**
   * Drops what has arrived. No range may be open.
   * @param facts of the version that follows
   */
  clear(facts: PartFacts): void {
    this.#facts = facts;
    this.#writer.clear();
    this.#stored = 0;
    this.#written = 0;
    this.#digests = undefined;
    this.#isStale = this.#staging !== undefined;
  }

  /**
   * Copies `chunk`.
   * @returns a promise while the disk is behind; it rejects with the file system's error
   */
  push(chunk: Uint8Array): Promise<void> | undefined {
    return this.#writer.push(chunk);
  }

  /** Pending while there is a write; it rejects with the file system's error. */
  get writing(): Promise<void> | undefined {
    return this.#writer.writing;
  }

  /** Hands over the pieces that are not written yet, and their total size. */
  take(): { readonly pieces: readonly Uint8Array[]; readonly size: number } {
    return this.#writer.take();
  }

  /** Opens a range of the file, while its beginning arrives. @param start where it begins, in bytes */
  range(start: number): RangeWriter {
    this.#ranges ??= new RangeWriters({
      open: () => {
        this.#fileForRanges ??= this.#openForRanges();
        return this.#fileForRanges;
      },
      advanced: async () => this.#staging?.limit(ranges.contiguousFrom(this.#written)),
    });
    const ranges = this.#ranges;
    return ranges.at(start);
  }

  /**
   * Ends all ranges: those that follow the beginning without a gap become part of it, and what is
   * beyond a gap is cut off.
   * @throws the file system's errors
   */
  async join(): Promise<void> {
    const ranges = this.#ranges;
    if (ranges === undefined) return;
    await ranges.settle();
    if (this.#fileForRanges !== undefined) await this.#closeGaps(ranges);
    this.#ranges = undefined;
    this.#fileForRanges = undefined;
  }

  /**
   * Writes the rest of the body, and closes the staging file.
   * @param how `durable`: sync it to the disk; `time`: that the file gets, in seconds since the epoch
   * @throws the file system's errors; Error when the file is not as long as what was written to it
   */
  async finish(how: {
    readonly durable: boolean;
    readonly time: number | undefined;
  }): Promise<{ bytes: number; digests: DigestsOf; staging: StagingFile }> {
    const file = this.#file ?? (await this.#open());
    await this.#writer.flush();
    const { size } = await file.stat();
    const staging = this.#staging ?? this.#newStagingFile();
    if (size !== this.#stored) {
      throw new Error(`${staging.path} has ${size} bytes, and ${this.#stored} were written to it`);
    }
    if (how.time !== undefined) await setFileTime(file, how.time);
    if (how.durable) await file.sync();
    await this.#close();
    await this.#digests?.absorb(staging.path, size);
    return { bytes: size, digests: this.#digests?.results() ?? {}, staging };
  }

  /**
   * Leaves the staging file to a later run, if it can find and use it; otherwise removes it. A body that
   * is only in memory is dropped: downloading 96 KiB again is faster than writing them, reading them back
   * and requesting the rest.
   */
  async keep(): Promise<void> {
    const [written] = await Promise.allSettled([this.#writer.writing]);
    if (!this.#staging?.lasting || this.#isStale || this.#stored === 0) return await this.remove();
    try {
      // After a failed write another one is pointless. What was written before remains valid.
      if (this.#writer.size > 0 && written.status === 'fulfilled') await this.#writer.flush();
    } finally {
      this.#writer.clear();
      await this.#close();
      this.#staging.keep();
    }
  }

  /** Removes the staging file, if there is one. */
  async remove(): Promise<void> {
    // A failed write has been reported by push() already.
    await Promise.allSettled([this.#writer.writing]);
    this.#writer.clear();
    await this.#close();
    await this.#staging?.remove();
  }

  /** Whether the staging file has to be created or emptied, even with nothing to write yet. */
  get #needsFile(): boolean {
    return this.#file === undefined ? this.#ranges !== undefined : this.#isStale;
  }

  async #store(): Promise<void> {
    while (this.#writer.size > 0 || this.#needsFile) {
      const file = this.#file ?? (await this.#open());
      if (this.#isStale) {
        this.#isStale = false;
        this.#digests = this.#newDigests();
        await this.#staging?.restart(file, this.#facts);
        continue;
      }
      const { pieces, size } = this.#writer.take();
      const position = this.#stored;
      this.#stored += size;
      // Bytes that arrived as ranges are missing from the digests until finish() reads them.
      const digests = this.#digests?.bytes === position ? this.#digests : undefined;
      for (const piece of pieces) digests?.update(piece);
      await this.#writer.write(file, pieces, position);
      if (!this.#isStale) this.#written = position + size;
    }
  }

  async #open(): Promise<FileHandle> {
    this.#staging ??= this.#newStagingFile();
    this.#isStale = false;
    const offset = this.#stored;
    const digests = this.#newDigests();
    this.#digests = digests;
    this.#file = await this.#staging.open(offset, this.#facts);
    // If a response has started the file anew meanwhile, these digests have been replaced.
    if (offset > 0) await digests?.absorb(this.#staging.path, offset);
    return this.#file;
  }

  async #openForRanges(): Promise<FileHandle> {
    // Writing the beginning creates the file as well, and there is one write at a time.
    if (this.#needsFile) this.#writer.start();
    await this.#writer.writing;
    const file = this.#file ?? (await this.#open());
    await this.#staging?.limit(this.#written);
    return file;
  }

  async #closeGaps(ranges: RangeWriters): Promise<void> {
    // A failed write has been reported by push() already.
    const [written] = await Promise.allSettled([this.#writer.writing]);
    if (this.#file === undefined) return;
    if (this.#writer.size > 0 && written.status === 'fulfilled') await this.#writer.flush();
    const bytes = ranges.contiguousFrom(this.#written);
    if (ranges.end > bytes) await this.#file.truncate(bytes);
    this.#stored = bytes;
    this.#written = bytes;
    await this.#staging?.limit(undefined);
  }

  #newDigests(): RunningDigests | undefined {
    return this.#algorithms.length > 0 ? new RunningDigests(this.#algorithms) : undefined;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
