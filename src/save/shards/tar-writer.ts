import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { ObjectDraft } from '../../storage/object-storage.ts';
import { BLOCK, type TarEntry, writeHeader } from './tar-header.ts';

/**
 * How much is written at once, so that a small file costs no write of its own. In bytes. A few chunks fit
 * into the cache of a core: with chunks of 1 MiB the run's thread took a tenth longer.
 */
const CHUNK = 128 * 1024;

/** Full chunks that may wait to be written before the sender should pause: 2 MiB. */
const MOST_WAITING = 16;

const FILE_MODE = 0o644;

/** The latest time that tar-stream can write, in seconds since the epoch: it has 32 bits for it. */
const LATEST = 2 ** 31 - 1;

/** An archive ends with two blocks of zeros. */
const END = new Uint8Array(2 * BLOCK);

const PADDING = new Uint8Array(BLOCK);

/** Writes a tar archive to an object, in large chunks. */
export class TarWriter {
  readonly #object: ObjectDraft;
  #filling: Buffer = Buffer.allocUnsafeSlow(CHUNK);
  #used = 0;
  /** Full chunks, oldest first. */
  readonly #full: Buffer[] = [];
  readonly #free: Buffer[] = [];
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(object: ObjectDraft) {
    this.#object = object;
  }

  /** Appends a file that is in memory. The pieces are copied. */
  add(entry: TarEntry, pieces: readonly Uint8Array[]): void {
    if (this.#used + BLOCK > CHUNK) {
      const header = Buffer.allocUnsafe(BLOCK);
      writeHeader(header, 0, entry);
      this.#append(header);
    } else {
      writeHeader(this.#filling, this.#used, entry);
      this.#advance(BLOCK);
    }
    for (const piece of pieces) this.#append(piece);
    const over = entry.size % BLOCK;
    if (over > 0) this.#append(PADDING.subarray(over));
  }

  /**
   * Appends a copy of the file at `path`, which may be of any length. Nothing else is added meanwhile.
   * @throws the errors of reading it and of the storage
   */
  async addFile({ name, size, time }: TarEntry, path: string): Promise<void> {
    const archive = pack();
    archive.on('data', (chunk) => this.#append(chunk as Uint8Array));
    // The entry has the same error, which the pipeline throws.
    archive.on('error', () => undefined);
    const mtime = new Date(Math.min(time, LATEST) * 1000);
    const entry = archive.entry({ name, size, mtime, mode: FILE_MODE });
    const contents = createReadStream(path, { highWaterMark: CHUNK });
    await pipeline(contents, (chunks) => this.#paced(chunks), entry);
    // The padding comes with the microtasks.
    await new Promise((turn) => setImmediate(turn));
    archive.destroy();
  }

  /** Whether the storage is behind, or has failed. */
  get isBehind(): boolean {
    return this.#failure !== undefined || this.#full.length >= MOST_WAITING;
  }

  /** @returns a promise while the storage is behind; it rejects with the storage's error */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (!this.isBehind) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Ends the archive, and writes the rest. @throws the storage's errors */
  async finish(): Promise<void> {
    this.#append(END);
    if (this.#used > 0) this.#rotate();
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Drops what is not written. */
  async discard(): Promise<void> {
    this.#full.length = 0;
    await this.#writing;
  }

  /** Lets a file through no faster than the storage takes it. */
  async *#paced(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of chunks) {
      for (let room = this.room(); room !== undefined; room = this.room()) await room;
      yield chunk;
    }
  }

  #append(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.byteLength; ) {
      const part = Math.min(chunk.byteLength - done, CHUNK - this.#used);
      const isAll = part === chunk.byteLength;
      this.#filling.set(isAll ? chunk : chunk.subarray(done, done + part), this.#used);
      done += part;
      this.#advance(part);
    }
  }

  #advance(bytes: number): void {
    this.#used += bytes;
    if (this.#used === CHUNK) this.#rotate();
  }

  #rotate(): void {
    this.#full.push(this.#filling.subarray(0, this.#used));
    this.#filling = this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK);
    this.#used = 0;
    this.#writing ??= this.#write();
  }

  /** Never rejects: {@link room} and {@link finish} do. */
  async #write(): Promise<void> {
    try {
      for (let chunk = this.#full[0]; chunk !== undefined; chunk = this.#full[0]) {
        await this.#object.write(chunk);
        this.#full.shift();
        if (chunk.byteLength === CHUNK) this.#free.push(chunk);
        this.#room?.resolve();
        this.#room = undefined;
      }
    } catch (error) {
      this.#failure ??= { error };
      this.#full.length = 0;
      this.#room?.reject(error);
      this.#room = undefined;
    }
    this.#writing = undefined;
  }
}
