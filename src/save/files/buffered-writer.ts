import type { FileHandle } from 'node:fs/promises';
import { areBlocksLeft, BLOCK, copyOf, giveBack, takeBlock } from './body-memory.ts';

/**
 * How many bytes a file may buffer while it is being written to, if there are blocks to spare. With fewer
 * the disk waits for the run between two writes.
 */
export const MOST_BUFFERED: number = 4 * BLOCK;

/**
 * Bytes that have arrived and are not written yet. They are copied, since the chunks they arrive in belong
 * to the connection: a few bytes into memory of about their size, more into blocks.
 */
export class WriteBuffer {
  readonly #few: number;
  #areMany = false;
  #pieces: Uint8Array[] = [];
  #size = 0;
  /** How much of the last piece is filled, if it is a block. */
  #used = BLOCK;
  /** Resolved once there is room again. */
  #room: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param few up to how many bytes no block is used */
  constructor(few: number) {
    this.#few = few;
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#size;
  }

  /** Copies `chunk`. */
  add(chunk: Uint8Array): void {
    if (!this.#areMany && this.#size + chunk.byteLength > this.#few) this.#useBlocks();
    this.#size += chunk.byteLength;
    if (this.#areMany) this.#fill(chunk);
    else this.#pieces.push(copyOf(chunk));
  }

  /**
   * Whether more may be added: while a block is being written the next one fills, and further ones if
   * there are blocks to spare.
   * @returns a promise while there is no room; it rejects when the bytes cannot be written
   */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#size < BLOCK || (this.#size < MOST_BUFFERED && areBlocksLeft())) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Rejects the current and future promises of {@link room}: the bytes cannot be written. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#room?.reject(error);
    this.#room = undefined;
  }

  /**
   * Hands over all bytes in order, and makes room for others. The caller passes the pieces to
   * {@link giveBack} when it is done with them.
   */
  take(): { readonly pieces: readonly Uint8Array[]; readonly size: number } {
    const block = this.#used < BLOCK ? this.#pieces.pop() : undefined;
    if (block !== undefined) this.#pieces.push(block.subarray(0, this.#used));
    this.#used = BLOCK;
    const taken = { pieces: this.#pieces, size: this.#size };
    this.#pieces = [];
    this.#size = 0;
    this.#room?.resolve();
    this.#room = undefined;
    return taken;
  }

  /** Drops the bytes, and a failure with them. */
  clear(): void {
    giveBack(this.take().pieces);
    this.#areMany = false;
    this.#failure = undefined;
  }

  #useBlocks(): void {
    const { pieces, size } = this.take();
    this.#areMany = true;
    this.#size = size;
    for (const piece of pieces) this.#fill(piece);
    giveBack(pieces);
  }

  #fill(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.byteLength; ) {
      if (this.#used === BLOCK) {
        this.#pieces.push(takeBlock());
        this.#used = 0;
      }
      const part = chunk.subarray(done, done + BLOCK - this.#used);
      this.#pieces.at(-1)?.set(part, this.#used);
      this.#used += part.byteLength;
      done += part.byteLength;
    }
  }
}

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
    await writeAllAt(file, pieces, position).finally(() => giveBack(pieces));
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
