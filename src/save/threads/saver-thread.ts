import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Destination, namingStep } from '../files/publish.ts';
import { BETWEEN_PATHS, type FilesToSave, type SaveFailures } from './saver-messages.ts';

/** A complete body, and where it goes. */
export interface WholeFile {
  /** The path it is written to first. From another file system than the destination's it is copied. */
  readonly temporary: string;
  readonly destination: Destination;
  readonly pieces: readonly Uint8Array[];
  /** The length of all pieces together, in bytes. */
  readonly size: number;
  /**
   * The time that it gets, in seconds since the epoch.
   * @default that of its creation
   */
  readonly time?: number | undefined;
}

/** How long the bodies of a batch are at most, in bytes. */
const BATCH_BYTES = 256 * 1024;

/** Batches sent at a time: one that is being saved, and one that the thread finds when it is done. */
const MOST_UNDER_WAY = 2;

/** A file beside this one with the same extension: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./saver-worker${extname(import.meta.url)}`, import.meta.url);

interface Batch {
  readonly bodies: SharedArrayBuffer;
  readonly bytes: Buffer;
  used: number;
  readonly sizes: number[];
  readonly paths: string[];
  readonly times: number[];
  readonly files: PromiseWithResolvers<void>[];
  sentAt: number;
}

/**
 * A thread that saves complete files one after another. Creating, writing and naming a small file takes
 * five system calls, and each costs several times as much when it goes through Node's thread pool by
 * itself. Files that arrive while the thread is busy are sent to it together, as in group commit (DeWitt
 * et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984).
 */
export class SaverThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #durable: boolean;
  readonly #now: () => number;
  readonly #ended: Promise<unknown>;
  #isUp = false;
  #filling: Batch | undefined;
  /** Batches sent and not yet answered, oldest first. */
  readonly #underWay: Batch[] = [];
  /** Full batches that are not sent yet. */
  readonly #full: Batch[] = [];
  readonly #free: SharedArrayBuffer[] = [];
  #isSendingSoon = false;
  #failure: Error | undefined;

  /** @param now a clock in ms */
  constructor({ durable, now }: { readonly durable: boolean; readonly now: () => number }) {
    this.#durable = durable;
    this.#now = now;
    // Without the process's own Node options: some, such as --input-type, would break the thread.
    this.#worker = new Worker(WORKER, {
      name: 'flaghoist saver',
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    // Not `once()` of node:events: it rejects after an error, perhaps before anything awaits it.
    this.#ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.once('online', () => {
      this.#isUp = true;
    });
    this.#worker.on('message', (failures: SaveFailures) => this.#receive(failures));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.once('exit', () => this.#fail(new Error('a thread that saves files has ended')));
    this.#worker.unref();
  }

  /** Whether it has started. */
  get isUp(): boolean {
    return this.#isUp && this.#failure === undefined;
  }

  /** How many files are not saved yet. */
  get pending(): number {
    let count = this.#filling?.files.length ?? 0;
    for (const { files } of this.#full) count += files.length;
    for (const { files } of this.#underWay) count += files.length;
    return count;
  }

  /** How long ago the oldest unanswered batch was sent, in ms. */
  get behind(): number {
    const [oldest] = this.#underWay;
    return oldest === undefined ? 0 : this.#now() - oldest.sentAt;
  }

  /**
   * Saves a file of at most 256 KiB. The pieces are copied, so the caller may reuse them at once.
   * @throws the file system's errors; those of `link` and `rename` for a file that has been written and
   *   has not got its name
   */
  save({ temporary, destination, pieces, size, time = Number.NaN }: WholeFile): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const batch = this.#batchFor(size);
    for (const piece of pieces) {
      // Not `set()`: it copies byte by byte into shared memory unless both sides are aligned.
      Buffer.prototype.copy.call(piece, batch.bytes, batch.used);
      batch.used += piece.byteLength;
    }
    batch.sizes.push(size);
    batch.paths.push(temporary, destination.path, namingStep(destination.replaces));
    batch.times.push(time);
    const file = Promise.withResolvers<void>();
    batch.files.push(file);
    this.#sendSoon();
    return file.promise;
  }

  /** Waits until all files are saved, and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    const waiting = [...this.#underWay, ...this.#full, ...(this.#filling ? [this.#filling] : [])];
    await Promise.allSettled(waiting.flatMap(({ files }) => files.map(({ promise }) => promise)));
    this.#worker.ref();
    this.#worker.postMessage('end');
    await this.#ended;
  }

  #batchFor(size: number): Batch {
    if (this.#filling !== undefined && this.#filling.used + size > BATCH_BYTES) {
      this.#full.push(this.#filling);
      this.#filling = undefined;
    }
    this.#filling ??= newBatch(this.#free.pop() ?? new SharedArrayBuffer(BATCH_BYTES));
    return this.#filling;
  }

  /** Sends after the current turn of the event loop: by then the next requests have been sent. */
  #sendSoon(): void {
    if (this.#isSendingSoon || this.#underWay.length === MOST_UNDER_WAY) return;
    this.#isSendingSoon = true;
    setImmediate(() => {
      this.#isSendingSoon = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#underWay.length < MOST_UNDER_WAY) {
      const batch = this.#full.shift() ?? this.#filling;
      if (batch === undefined) return;
      if (batch === this.#filling) this.#filling = undefined;
      if (this.#underWay.length === 0) this.#worker.ref();
      batch.sentAt = this.#now();
      this.#underWay.push(batch);
      this.#worker.postMessage({
        bodies: batch.bodies,
        sizes: batch.sizes,
        paths: batch.paths.join(BETWEEN_PATHS),
        // A typed array is sent as one block of bytes, an array number by number.
        times: Float64Array.from(batch.times),
        durable: this.#durable,
      } satisfies FilesToSave);
    }
  }

  #receive(failures: SaveFailures): void {
    const batch = this.#underWay.shift();
    if (batch === undefined) return;
    this.#free.push(batch.bodies);
    for (const { position, message, ...details } of failures) {
      batch.files[position]?.reject(Object.assign(new Error(message), details));
    }
    // This has no effect on those rejected above.
    for (const file of batch.files) file.resolve();
    this.#send();
    if (this.#underWay.length === 0) this.#worker.unref();
  }

  /** The thread has died: files without an answer may not have been saved. */
  #fail(error: Error): void {
    this.#failure ??= error;
    const lost = [...this.#underWay.splice(0), ...this.#full.splice(0)];
    if (this.#filling !== undefined) lost.push(this.#filling);
    this.#filling = undefined;
    for (const { files } of lost) for (const file of files) file.reject(error);
  }
}

function newBatch(bodies: SharedArrayBuffer): Batch {
  const bytes = Buffer.from(bodies);
  return { bodies, bytes, used: 0, sizes: [], paths: [], times: [], files: [], sentAt: 0 };
}
