import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import type { ObjectDraft } from '../../storage/object-storage.ts';

/** How much is written at once: small files cost no write of their own. In bytes. */
const CHUNK = 1024 * 1024;

/** Chunks that may wait to be written before the sender should pause. */
const MOST_WAITING = 2;

const FILE_MODE = 0o644;

/** What an entry has besides its contents. */
export interface TarEntry {
  readonly name: string;
  /** In seconds since the epoch. */
  readonly time: number;
}

/** Writes a tar archive to an object, in large chunks. */
export class TarWriter {
  readonly #object: ObjectDraft;
  readonly #pack: Pack = pack();
  #filling: Buffer = Buffer.allocUnsafeSlow(CHUNK);
  #used = 0;
  /** Full chunks, oldest first. */
  readonly #full: Buffer[] = [];
  readonly #free: Buffer[] = [];
  #writing: Promise<void> | undefined;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(object: ObjectDraft) {
    this.#object = object;
    this.#pack.on('data', (chunk) => this.#append(chunk as Uint8Array));
    this.#pack.on('error', (error: unknown) => this.#fail(error));
  }

  /** How long the archive is so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a small file. Its contents must stay as they are until the event loop turns. */
  add({ name, time }: TarEntry, contents: Buffer): void {
    const mtime = new Date(time * 1000);
    this.#pack.entry({ name, size: contents.byteLength, mtime, mode: FILE_MODE }, contents);
  }

  /**
   * Appends a copy of the file at `path`. No other entry is added meanwhile.
   * @throws the errors of reading it and of the storage
   */
  async addFile({ name, time }: TarEntry, path: string, bytes: number): Promise<void> {
    const mtime = new Date(time * 1000);
    const entry = this.#pack.entry({ name, size: bytes, mtime, mode: FILE_MODE });
    await pipeline(createReadStream(path, { highWaterMark: CHUNK }), this.#paced, entry);
  }

  /** @returns a promise while the storage is behind; it rejects with the storage's error */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#full.length < MOST_WAITING) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Ends the archive, and writes the rest. @throws the storage's errors */
  async finish(): Promise<void> {
    const ended = once(this.#pack, 'end');
    this.#pack.finalize();
    await ended;
    if (this.#used > 0) this.#rotate();
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Drops what is not written. */
  async discard(): Promise<void> {
    this.#full.length = 0;
    this.#pack.destroy();
    await this.#writing;
  }

  /** Lets a file through no faster than the storage takes it. */
  readonly #paced = async function* (
    this: TarWriter,
    chunks: AsyncIterable<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    for await (const chunk of chunks) {
      for (let room = this.room(); room !== undefined; room = this.room()) await room;
      yield chunk;
    }
  }.bind(this);

  #append(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    for (let done = 0; done < chunk.byteLength; ) {
      const part = chunk.subarray(done, done + CHUNK - this.#used);
      this.#filling.set(part, this.#used);
      this.#used += part.byteLength;
      done += part.byteLength;
      if (this.#used === CHUNK) this.#rotate();
    }
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
      this.#fail(error);
    }
    this.#writing = undefined;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#full.length = 0;
    this.#room?.reject(error);
    this.#room = undefined;
  }
}
