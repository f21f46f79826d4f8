import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Destination, Replaceable } from '../files/publish.ts';
import { BETWEEN_PATHS, type FilesToSave, type SaveFailures, type Step } from './saver-messages.ts';

/** A whole body, and where it goes. */
export interface WholeFile {
  /** Written first; on the same file system as its destination, or else copied there. */
  readonly temporary: string;
  readonly destination: Destination;
  readonly pieces: readonly Uint8Array[];
  /** Of all pieces, in bytes. */
  readonly size: number;
  /** The time that it is to have, in seconds since the epoch. @default that of its making */
  readonly time?: number | undefined;
}

/** Bodies of one batch together, at most, in bytes. */
const BATCH_BYTES = 256 * 1024;

/** Batches under way at a time: one that is being saved, and one that is there when it is done. */
const MOST_UNDER_WAY = 2;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
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
 * A thread that saves whole files, one after the other, while the others go on: creating, writing
 * and renaming a small file takes five calls of the system, and each of them takes several times as
 * long when it goes through a pool of threads on its own. What comes while the thread is busy goes
 * to it together (as group commit does it: DeWitt et al., "Implementation Techniques for Main Memory
 * Database Systems", SIGMOD 1984).
 */
export class SaverThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #durable: boolean;
  readonly #now: () => number;
  readonly #ended: Promise<unknown>;
  #isUp = false;
  #filling: Batch | undefined;
  /** Sent, and not answered yet, oldest first. */
  readonly #underWay: Batch[] = [];
  /** Full, and not sent yet. */
  readonly #full: Batch[] = [];
  readonly #free: SharedArrayBuffer[] = [];
  #isSendingSoon = false;
  #failure: Error | undefined;

  /** @param now a clock in ms */
  constructor({ durable, now }: { readonly durable: boolean; readonly now: () => number }) {
    this.#durable = durable;
    this.#now = now;
    // The process's own Node options are not the thread's: some, like --input-type, would break it.
    this.#worker = new Worker(WORKER, {
      name: 'flaghoist saver',
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    // Not `once()`: that one rejects after an error, when nobody may wait for it yet.
    this.#ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.once('online', () => {
      this.#isUp = true;
    });
    this.#worker.on('message', (failures: SaveFailures) => this.#hear(failures));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.once('exit', () => this.#fail(new Error('a thread that saves files has ended')));
    this.#worker.unref();
  }

  /** Whether it has started. */
  get isUp(): boolean {
    return this.#isUp && this.#failure === undefined;
  }

  /** Files on their way. */
  get pending(): number {
    let count = this.#filling?.files.length ?? 0;
    for (const { files } of this.#full) count += files.length;
    for (const { files } of this.#underWay) count += files.length;
    return count;
  }

  /** For how long the file that waits longest has been on its way, in ms. */
  get behind(): number {
    const [oldest] = this.#underWay;
    return oldest === undefined ? 0 : this.#now() - oldest.sentAt;
  }

  /**
   * Saves a file of 256 KiB at most; the pieces may be used for something else at once.
   * @throws the file system's errors; those of `link` and `rename` when it has been written, and has
   *   not got its name
   */
  save({ temporary, destination, pieces, size, time = Number.NaN }: WholeFile): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const batch = this.#batchFor(size);
    for (const piece of pieces) {
      // Not `set()`: into shared memory it goes byte by byte where either side is not aligned.
      Buffer.prototype.copy.call(piece, batch.bytes, batch.used);
      batch.used += piece.byteLength;
    }
    batch.sizes.push(size);
    batch.paths.push(temporary, destination.path, stepFor(destination.replaces));
    batch.times.push(time);
    const file = Promise.withResolvers<void>();
    batch.files.push(file);
    this.#sendSoon();
    return file.promise;
  }

  /** Waits until it has saved what it was given, and ends it. */
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

  /** Once what is to be done at this moment is done: the next requests are out by then. */
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
        // One block of bytes, where an array would be copied number by number.
        times: Float64Array.from(batch.times),
        durable: this.#durable,
      } satisfies FilesToSave);
    }
  }

  #hear(failures: SaveFailures): void {
    const batch = this.#underWay.shift();
    if (batch === undefined) return;
    this.#free.push(batch.bodies);
    for (const { position, message, ...details } of failures) {
      batch.files[position]?.reject(Object.assign(new Error(message), details));
    }
    // For those that failed it comes too late.
    for (const file of batch.files) file.resolve();
    this.#send();
    if (this.#underWay.length === 0) this.#worker.unref();
  }

  /** The thread is gone: what it had not answered for is not known to be saved. */
  #fail(error: Error): void {
    this.#failure ??= error;
    const lost = [...this.#underWay.splice(0), ...this.#full.splice(0)];
    if (this.#filling !== undefined) lost.push(this.#filling);
    this.#filling = undefined;
    for (const { files } of lost) for (const file of files) file.reject(error);
  }
}

/** What a look at the disk comes before is not for this thread. */
export function stepFor(replaces: Replaceable): Step {
  if (replaces === 'anything') return 'rename';
  return typeof replaces === 'string' ? 'link' : 'none';
}

function newBatch(bodies: SharedArrayBuffer): Batch {
  const bytes = Buffer.from(bodies);
  return { bodies, bytes, used: 0, sizes: [], paths: [], times: [], files: [], sentAt: 0 };
}
