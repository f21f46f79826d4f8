import type { FileHandle } from 'node:fs/promises';
import { writeAllAt } from './write-at.ts';
import { reuse, WriteBuffer } from './write-buffer.ts';

/** Bytes of a range that are held before they are written: one write for several pieces. */
const WORTH_WRITING = 96 * 1024;

/** What {@link RangeWriters} are written to. */
export interface RangeFile {
  /** The file, once bytes beyond a gap may be written to it. */
  open(): Promise<FileHandle>;
  /** More of a range is there for good. */
  advanced(): Promise<void>;
}

/** The ranges of one file that come while its beginning does. */
export class RangeWriters {
  readonly #file: RangeFile;
  readonly #all: RangeWriter[] = [];

  constructor(file: RangeFile) {
    this.#file = file;
  }

  /** One more, of which nothing has come yet. @param start where in the file it begins, in bytes */
  at(start: number): RangeWriter {
    const range = new RangeWriter(start, this.#file);
    this.#all.push(range);
    return range;
  }

  /** Where the last byte that has been written ends. */
  get end(): number {
    return Math.max(0, ...this.#all.map(({ end }) => end));
  }

  /** How far the file goes without a gap, in bytes, when `bytes` of it came otherwise. */
  contiguousFrom(bytes: number): number {
    let reached = bytes;
    const next = () => this.#all.find(({ start, end }) => start <= reached && end > reached);
    for (let range = next(); range !== undefined; range = next()) reached = range.end;
    return reached;
  }

  /** Writes what is held. Whoever wrote to a range was given its failure: it is not thrown again. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#all.map((range) => range.flush()));
  }
}

/** One of them: bytes that follow each other. */
export class RangeWriter {
  readonly start: number;
  readonly #file: RangeFile;
  readonly #buffer = new WriteBuffer(0);
  #isOpen = false;
  #end: number;
  #writing: Promise<void> | undefined;

  constructor(start: number, file: RangeFile) {
    this.start = start;
    this.#file = file;
    this.#end = start;
  }

  /** Where the bytes end that have been written. */
  get end(): number {
    return this.#end;
  }

  /**
   * Copies `chunk`.
   * @returns a promise while the disk is behind; it rejects with what went wrong there
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#buffer.add(chunk);
    if (this.#buffer.size > WORTH_WRITING) this.#writing ??= this.#startStoring();
    // Nothing piles up for a file that may not come to be.
    return this.#isOpen ? this.#writing && this.#buffer.room() : this.#writing;
  }

  /** It is whole. @throws the file system's errors */
  async finish(): Promise<void> {
    await this.flush();
    // There may be no file as yet when nothing has come.
    if (this.#end > this.start) await this.#file.advanced();
  }

  /** Writes what is held. @throws the file system's errors */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#buffer.size > 0) await this.#store();
  }

  /** Whoever waits for it, or comes next, is told what went wrong: nobody may be there as yet. */
  #startStoring(): Promise<void> {
    const writing = this.#store();
    writing.catch(() => undefined);
    return writing;
  }

  async #store(): Promise<void> {
    try {
      const file = await this.#file.open();
      this.#isOpen = true;
      while (this.#buffer.size > 0) {
        const { pieces, size } = this.#buffer.take();
        await writeAllAt(file, pieces, this.#end).finally(() => reuse(pieces));
        this.#end += size;
      }
      this.#writing = undefined;
    } catch (error) {
      this.#buffer.fail(error);
      throw error;
    }
  }
}
