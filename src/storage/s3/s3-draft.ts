import { createTask, type Task } from '../../concurrency/index.ts';
import type { ObjectDraft, StoredObject } from '../object-storage.ts';
import { StorageError } from '../storage-error.ts';
import { MOST_PARTS, type MultipartUpload } from './multipart-upload.ts';
import { BytesBody } from './upload-body.ts';

/** How many parts of one object are uploaded while the next one is filled. */
const PARTS_BEHIND = 2;

/** How a draft is stored. */
export interface DraftStore {
  /** For messages. */
  readonly name: string;
  readonly partSize: number;
  /** Whether an object of this name stays. */
  readonly ifAbsent: boolean;
  /** The error when there is one. */
  taken(): Error;
  /** Stores the whole object by one request. */
  put(body: BytesBody): Promise<StoredObject>;
  begin(): Promise<MultipartUpload>;
  /** Notes a part's or the completion's success or failure. */
  watch<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * An object that is written as its bytes come. Up to the size of a part it is kept in memory and stored by
 * one request; beyond that each part is uploaded once it is full. It takes the memory of three parts at
 * most.
 */
export class S3Draft implements ObjectDraft {
  readonly #store: DraftStore;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #upload: Promise<MultipartUpload> | undefined;
  #parts = 0;
  #bytes = 0;
  readonly #running = new Set<Task<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(store: DraftStore) {
    this.#store = store;
  }

  /**
   * Copies the chunk.
   * @returns a promise while the server is behind; it rejects with a failure of an earlier part
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    const { partSize } = this.#store;
    let rest = Buffer.from(chunk);
    this.#bytes += rest.length;
    while (this.#size + rest.length > partSize) {
      const room = partSize - this.#size;
      this.#push(rest.subarray(0, room));
      rest = rest.subarray(room);
      if (++this.#parts >= MOST_PARTS) return Promise.reject(this.#tooLong());
      this.#start(this.#parts);
    }
    this.#push(rest);
    return this.#running.size > PARTS_BEHIND ? this.#behind() : undefined;
  }

  /** @throws StorageError, BrokenRunError */
  async publish(): Promise<StoredObject> {
    if (this.#upload === undefined) return await this.#store.put(new BytesBody(this.#pieces));
    this.#start(++this.#parts);
    while (this.#running.size > 0) await this.#oneEnded();
    if (this.#failure !== undefined) throw this.#failure.error;
    const upload = await this.#upload;
    const { name, ifAbsent } = this.#store;
    const stored = await this.#store.watch(() => upload.complete({ ifAbsent }));
    if (stored === undefined) throw this.#store.taken();
    return { name, bytes: this.#bytes, etag: stored.etag };
  }

  /** Cancels the parts under way, and removes those that are there. */
  async discard(): Promise<void> {
    this.#pieces = [];
    for (const task of this.#running) task.cancel('the object was discarded');
    while (this.#running.size > 0) await this.#oneEnded();
    if (this.#upload === undefined) return;
    // Without an upload there is nothing to remove.
    const [begun] = await Promise.allSettled([this.#upload]);
    if (begun.status === 'fulfilled') await begun.value.abort();
  }

  #push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  #start(number: number): void {
    const body = new BytesBody(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    this.#upload ??= this.#store.watch(() => this.#store.begin());
    const begun = this.#upload;
    const task = createTask(async () => {
      const upload = await begun;
      await this.#store.watch(() => upload.upload(number, body));
    });
    this.#running.add(task);
    task.then(
      () => this.#running.delete(task),
      (error: unknown) => {
        this.#running.delete(task);
        this.#failure ??= { error };
      },
    );
  }

  async #behind(): Promise<void> {
    while (this.#running.size > PARTS_BEHIND) await this.#oneEnded();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** A failed part is noted by then. */
  async #oneEnded(): Promise<void> {
    await Promise.race([...this.#running].map((task) => task.then(ignore, ignore)));
  }

  #tooLong(): StorageError {
    const most = (this.#store.partSize * MOST_PARTS) / 1024 ** 3;
    const error = new StorageError(
      `${this.#store.name} is longer than ${most} GiB; state its length, or write smaller objects`,
    );
    this.#failure = { error };
    return error;
  }
}

function ignore(): void {}
