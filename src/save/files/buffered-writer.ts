import type { FileHandle } from 'node:fs/promises';
import { reuse, WriteBuffer } from './write-buffer.ts';

/**
 * Bytes that arrive faster than they are written: buffered, and written one write at a time, so that they
 * land in order. The sender waits only while the buffer is full. So a write that fails is reported by
 * the next call, and not by the one that began it.
 */
export class BufferedWriter {
  readonly #few: number;
  readonly #store: () => Promise<void>;
  readonly #buffer: WriteBuffer;
  #isOpen = false;
  #writing: Promise<void> | undefined;
  #hasFailed = false;

  /**
   * @param few how many bytes are buffered before the first is written
   * @param store writes what is buffered ({@link take}, {@link write}), until nothing is
   * @param mostSmall up to how many bytes take memory of their size: see {@link WriteBuffer}
   */
  constructor(few: number, store: () => Promise<void>, mostSmall = 0) {
    this.#few = few;
    this.#store = store;
    this.#buffer = new WriteBuffer(mostSmall);
  }

  /** How many bytes are buffered. */
  get size(): number {
    return this.#buffer.size;
  }

  /** Whether a write has failed, and {@link clear} was not called since. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Pending while there is a write; it rejects with the file system's error. */
  get writing(): Promise<void> | undefined {
    return this.#writing;
  }

  /**
   * Copies `chunk`.
   * @returns a promise while the disk is behind; it rejects with the file system's error
   */
  push(chunk: Uint8Array): Promise<void> | undefined {
    this.#buffer.add(chunk);
    if (this.#buffer.size > this.#few) this.start();
    // Until the file is open the sender pauses, since it may be impossible to create.
    return this.#isOpen ? this.#writing && this.#buffer.room() : this.#writing;
  }

  /** Begins to write, unless there is a write. */
  start(): void {
    if (this.#writing !== undefined) return;
    this.#writing = this.#run();
    // Handled, as a later call will report it: perhaps nothing awaits it yet.
    this.#writing.catch(() => undefined);
  }

  /** Writes all that is buffered. @throws the file system's errors */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#run();
  }

  /** Hands over all that is buffered, and makes room for more. */
  take(): { readonly pieces: readonly Uint8Array[]; readonly size: number } {
    return this.#buffer.take();
  }

  /** Writes what was taken, and reuses its memory. @param position in the file, in bytes */
  async write(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
    this.#isOpen = true;
    await writeAllAt(file, pieces, position).finally(() => reuse(pieces));
  }

  /** Drops what is buffered, and a failure with it. */
  clear(): void {
    this.#buffer.clear();
    if (this.#hasFailed) this.#writing = undefined;
    this.#hasFailed = false;
  }

  async #run(): Promise<void> {
    try {
      await this.#store();
      this.#writing = undefined;
    } catch (error) {
      this.#hasFailed = true;
      this.#buffer.fail(error);
      throw error;
    }
  }
}

/**
 * Writes all of `data`, however many writes it takes.
 * @param position in the file, in bytes
 * @throws the file system's errors
 */
export async function writeAt(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.byteLength; ) {
    const left = data.byteLength - done;
    done += (await file.write(data, done, left, position + done)).bytesWritten;
  }
}

/**
 * Writes the pieces one after another, in one write if the system takes them all.
 * @param position of the first piece in the file, in bytes
 * @throws the file system's errors
 */
export async function writeAllAt(
  file: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<void> {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return writeAt(file, only, position);
  let { bytesWritten: done } = await file.writev([...pieces], position);
  let end = position;
  for (const piece of pieces) {
    const there = Math.min(done, piece.byteLength);
    if (there < piece.byteLength) await writeAt(file, piece.subarray(there), end + there);
    done -= there;
    end += piece.byteLength;
  }
}
