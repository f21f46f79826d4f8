import type { FileHandle } from 'node:fs/promises';
import { type Algorithm, type DigestsOf, RunningDigests } from './digests.ts';
import { setFileTime } from './file-times.ts';
import { type RangeWriter, RangeWriters } from './range-writer.ts';
import type { PartFacts, StagingFile } from './staging-file.ts';
import { writeAllAt } from './write-at.ts';
import { reuse, WriteBuffer } from './write-buffer.ts';

/**
 * Bodies up to this many bytes are kept in memory and written in one go once they are whole; longer
 * ones are written as they come. Most files of a long list are smaller, and one write for a file is
 * cheaper than one for each piece; with 1,000 requests in flight it bounds what they hold to 100 MB.
 */
export const SMALL_BODY = 96 * 1024;

/** The bytes of one file on their way in: in memory first, in a staging file once they are too many. */
export class BodyStore {
  readonly #newStagingFile: () => StagingFile;
  readonly #algorithms: readonly Algorithm[];
  #staging: StagingFile | undefined;
  /** The staging file, while it is open. */
  #file: FileHandle | undefined;
  /** What came and is not on its way to the staging file yet. */
  readonly #buffer = new WriteBuffer(SMALL_BODY);
  /** How many bytes of the file are in the staging file, or on their way there. */
  #stored: number;
  /** How many of them are there. */
  #written: number;
  /** What is in the staging file is of no use: to be cut off before the next write. */
  #isStale = false;
  #writing: Promise<void> | undefined;
  #hasFailed = false;
  #facts: PartFacts = {};
  /** Of the bytes in the staging file. */
  #digests: RunningDigests | undefined;
  /** What comes of the file beside its beginning, while it does. */
  #ranges: RangeWriters | undefined;
  /** The staging file, once there may be a gap in it. */
  #fileForRanges: Promise<FileHandle> | undefined;

  /** @param left a staging file with what an earlier run left */
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

  /** How many bytes are there to go on from; 0 once a write has failed. */
  get bytes(): number {
    return this.#hasFailed ? 0 : this.#stored + this.#buffer.size;
  }

  /** Whether all of it is in memory. */
  get isSmall(): boolean {
    return this.#file === undefined && this.#stored === 0;
  }

  /** Whether there is, or may be, a staging file. */
  get hasStagingFile(): boolean {
    return this.#staging !== undefined;
  }

  /** Drops what has come so far; no ranges may be coming. @param facts of what will come instead */
  clear(facts: PartFacts): void {
    this.#facts = facts;
    this.#buffer.clear();
    this.#stored = 0;
    this.#written = 0;
    this.#digests = undefined;
    this.#isStale = this.#staging !== undefined;
    if (this.#hasFailed) this.#writing = undefined;
    this.#hasFailed = false;
  }

  /**
   * Copies `chunk`.
   * @returns a promise while the disk is behind; it rejects with what went wrong there
   */
  push(chunk: Uint8Array): Promise<void> | undefined {
    this.#buffer.add(chunk);
    // One write at a time: two at once could land in either order.
    if (this.#buffer.size > SMALL_BODY) this.#writing ??= this.#startStoring();
    // Nothing piles up for a file that may not come to be.
    return this.#file === undefined ? this.#writing : this.#writing && this.#buffer.room();
  }

  /** What is being written; it rejects with what went wrong with it. */
  get writing(): Promise<void> | undefined {
    return this.#writing;
  }

  /** The pieces not written yet, and their bytes together; from now on they are the caller's. */
  take(): { readonly pieces: readonly Uint8Array[]; readonly size: number } {
    return this.#buffer.take();
  }

  /** Another range of the file, while its beginning comes. @param start where it begins, in bytes */
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
   * There are no ranges any more: what follows the beginning without a gap is a part of it now,
   * what is beyond a gap is cut off. @throws the file system's errors
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
   * Writes the rest of it, and closes the staging file.
   * @param how `time` that the file is to have, in seconds since the epoch
   * @throws Error when the file is not as long as what was written to it
   */
  async finish(how: {
    readonly durable: boolean;
    readonly time: number | undefined;
  }): Promise<{ bytes: number; digests: DigestsOf; staging: StagingFile }> {
    const file = this.#file ?? (await this.#open());
    await this.#store();
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
   * Leaves the staging file to a later run, if that can find it and has use for it; else removes it.
   * What is in memory only goes along when the file is there already: 96 KiB are sent again sooner
   * than they are written, read and asked about.
   */
  async keep(): Promise<void> {
    const [written] = await Promise.allSettled([this.#writing]);
    if (!this.#staging?.lasting || this.#isStale || this.#stored === 0) return await this.remove();
    // After a failed write there is no point in another one; what came before it stands.
    if (this.#buffer.size > 0 && written.status === 'fulfilled') await this.#store();
    await this.#close();
    this.#staging.keep();
  }

  /** Removes the staging file, where there is one. */
  async remove(): Promise<void> {
    // Its failure is known: whoever wrote was given it.
    await Promise.allSettled([this.#writing]);
    await this.#close();
    await this.#staging?.remove();
  }

  /** Whether the staging file has to be made, or emptied, even if there is nothing to be written yet. */
  get #isWanting(): boolean {
    return this.#file === undefined ? this.#ranges !== undefined : this.#isStale;
  }

  /** Whoever waits for it, or comes next, is told what went wrong: nobody may be there as yet. */
  #startStoring(): Promise<void> {
    const writing = this.#store();
    writing.catch(() => undefined);
    return writing;
  }

  async #store(): Promise<void> {
    try {
      while (this.#buffer.size > 0 || this.#isWanting) {
        const file = this.#file ?? (await this.#open());
        if (this.#isStale) {
          this.#isStale = false;
          this.#digests = this.#newDigests();
          await this.#staging?.restart(file, this.#facts);
          continue;
        }
        const { pieces, size } = this.#buffer.take();
        const position = this.#stored;
        this.#stored += size;
        // After ranges there is a gap in them: it is read once the file is whole.
        const digests = this.#digests?.bytes === position ? this.#digests : undefined;
        for (const piece of pieces) digests?.update(piece);
        await writeAllAt(file, pieces, position).finally(() => reuse(pieces));
        if (!this.#isStale) this.#written = position + size;
      }
      this.#writing = undefined;
    } catch (error) {
      this.#hasFailed = true;
      this.#buffer.fail(error);
      throw error;
    }
  }

  async #open(): Promise<FileHandle> {
    this.#staging ??= this.#newStagingFile();
    this.#isStale = false;
    const offset = this.#stored;
    const digests = this.#newDigests();
    this.#digests = digests;
    this.#file = await this.#staging.open(offset, this.#facts);
    // In the meantime a response may have begun anew; then these digests are nobody's any more.
    if (offset > 0) await digests?.absorb(this.#staging.path, offset);
    return this.#file;
  }

  async #openForRanges(): Promise<FileHandle> {
    // What is made of the beginning, one write at a time, makes the file as well.
    if (this.#isWanting) this.#writing ??= this.#startStoring();
    await this.#writing;
    const file = this.#file ?? (await this.#open());
    await this.#staging?.limit(this.#written);
    return file;
  }

  async #closeGaps(ranges: RangeWriters): Promise<void> {
    // Its failure is known: whoever wrote was given it.
    const [written] = await Promise.allSettled([this.#writing]);
    if (this.#file === undefined) return;
    if (this.#buffer.size > 0 && written.status === 'fulfilled') await this.#store();
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
