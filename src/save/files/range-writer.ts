import type { FileHandle } from 'node:fs/promises';
import { BufferedWriter } from './buffered-writer.ts';

/** How many bytes of a range are buffered before they are written: one write for several chunks. */
const WORTH_WRITING = 96 * 1024;

/** What {@link RangeWriters} write to. */
export interface RangeFile {
  /** Opens the file, and prepares it for bytes beyond a gap. */
  open(): Promise<FileHandle>;
  /** Called when a range is complete and written. */
  advanced(): Promise<void>;
}

/** The ranges of one file that arrive while its beginning does. */
export class RangeWriters {
  readonly #file: RangeFile;
  readonly #all: RangeWriter[] = [];

  constructor(file: RangeFile) {
    this.#file = file;
  }

  /** Opens a range. @param start where in the file it begins, in bytes */
  at(start: number): RangeWriter {
    const range = new RangeWriter(start, this.#file);
    this.#all.push(range);
    return range;
  }

  /** Where the last written byte ends. */
  get end(): number {
    return Math.max(0, ...this.#all.map(({ end }) => end));
  }

  /** How many bytes the file has without a gap, given its first `bytes`. */
  contiguousFrom(bytes: number): number {
    let reached = bytes;
    const next = () => this.#all.find(({ start, end }) => start <= reached && end > reached);
    for (let range = next(); range !== undefined; range = next()) reached = range.end;
    return reached;
  }

  /** Writes what is buffered. A failure has been reported by the range's own calls already. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#all.map((range) => range.flush()));
  }
}

/** A range of a file: bytes that follow each other. */
export class RangeWriter {
  readonly start: number;
  readonly #file: RangeFile;
  readonly #writer = new BufferedWriter(WORTH_WRITING, () => this.#store());
  #end: number;

  constructor(start: number, file: RangeFile) {
    this.start = start;
    this.#file = file;
    this.#end = start;
  }

  /** Where the written bytes end. */
  get end(): number {
    return this.#end;
  }

  /**
   * Copies `chunk`.
   * @returns a promise while the disk is behind; it rejects with the file system's error
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.#writer.push(chunk);
  }

  /** Ends the range. @throws the file system's errors */
  async finish(): Promise<void> {
    await this.flush();
    // An empty range may have no file yet.
    if (this.#end > this.start) await this.#file.advanced();
  }

  /** Writes what is buffered. @throws the file system's errors */
  async flush(): Promise<void> {
    await this.#writer.flush();
  }

  async #store(): Promise<void> {
    while (this.#writer.size > 0) {
      const file = await this.#file.open();
      const { pieces, size } = this.#writer.take();
      await this.#writer.write(file, pieces, this.#end);
      this.#end += size;
    }
  }
}
