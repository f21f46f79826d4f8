import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/failure.ts';
import type { Outcome } from '../model/outcome.ts';
import { adviceFor } from './database-errors.ts';
import { ledgerPath } from './paths.ts';
import { RecordBatch } from './record-batch.ts';
import { addRecord } from './record-values.ts';
import type { Mark, TakenRow } from './row-register.ts';
import type { FromWriterThread, ToWriterThread, WriterThreadData } from './writer-messages.ts';

/** Records, or places, that are sent at a time: enough that a row pays next to nothing for its commit. */
const BATCH = 500;

/** In ms: no record waits longer to be sent. It is what a kill loses, at most, of a run in step. */
const INTERVAL = 100;

/** Batches on their way from which on `write` asks to pause: 10,000 rows, some 5 MB. */
const MOST_BEHIND = 20;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./writer-worker${extname(import.meta.url)}`, import.meta.url);

/** MiB that the thread's young objects may take: it has few, and lets go of them at once. */
const YOUNG = 4;

/**
 * Writes records on a thread of its own, in batches. A new row costs SQLite 3 µs, a commit may have
 * to wait for the disk, and taking in the log stops everything for some 100 ms: too much for the
 * thread that downloads. Sending a row to the other thread costs it half a microsecond.
 */
export class LedgerWriter {
  readonly #worker: Worker;
  readonly #directory: string;
  readonly #run: number;
  readonly #path: string;
  readonly #onWritten: (marks: readonly Mark[]) => void;
  #batch = new RecordBatch();
  /** What is new in the batches that are sent and not written yet, oldest first. */
  readonly #behind: (readonly Mark[])[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** For those who were asked to pause. */
  #room: PromiseWithResolvers<void> | undefined;
  /** For those who wait until all is written. */
  #empty: PromiseWithResolvers<void> | undefined;
  #failure: BrokenRunError | undefined;
  #isClosing = false;
  readonly #ended = Promise.withResolvers<void>();

  /** @param onWritten called for each batch that is in the ledger, with the rows that are new there */
  constructor(data: WriterThreadData, onWritten: (marks: readonly Mark[]) => void) {
    this.#directory = data.directory;
    this.#run = data.run;
    this.#path = ledgerPath(data.directory);
    this.#onWritten = onWritten;
    // The process's own Node options are not the thread's: some, like --input-type, would break it.
    this.#worker = new Worker(WORKER, {
      name: 'flaghoist ledger',
      workerData: data,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    this.#worker.on('message', (message: FromWriterThread) => this.#hear(message));
    this.#worker.on('error', (cause) => {
      this.#fail(this.#broken(undefined, messageOf(cause), cause));
    });
    this.#worker.on('exit', () => this.#end());
  }

  /**
   * Takes a row's record, to be written soon.
   * @returns as {@link pause} @throws as {@link pause}
   */
  write(outcome: Outcome, row: TakenRow): Promise<void> | undefined {
    const { values, marks } = this.#batch;
    addRecord(values, outcome, { row, run: this.#run, directory: this.#directory });
    if (row.mark !== undefined) marks.push(row.mark);
    this.#sendIfFull();
    return this.pause();
  }

  /** Takes note that the row with this id stands at `index` in the list. */
  see(id: number, index: number): void {
    this.#batch.see(id, index);
    this.#sendIfFull();
  }

  /**
   * @returns a promise when the caller should pause until it is fulfilled, else undefined
   * @throws BrokenRunError when the ledger cannot be written; the promise is rejected with it, too
   */
  pause(): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#behind.length < MOST_BEHIND) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Resolves when all rows taken so far are in the ledger. @throws BrokenRunError */
  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#send();
    if (this.#behind.length === 0) return;
    this.#empty ??= Promise.withResolvers<void>();
    await this.#empty.promise;
  }

  /**
   * Writes what there is, takes in the log and ends the thread. @throws BrokenRunError
   */
  async close(): Promise<void> {
    if (!this.#isClosing && this.#failure === undefined) {
      this.#isClosing = true;
      this.#send();
      this.#post({ type: 'close' });
    }
    await this.#ended.promise;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #sendIfFull(): void {
    if (this.#batch.size >= BATCH) this.#send();
    else if (this.#failure === undefined) this.#timer ??= setTimeout(() => this.#send(), INTERVAL);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.size === 0 || this.#failure !== undefined) return;
    const { values, places, marks } = this.#batch;
    this.#post({ type: 'write', values, places });
    this.#behind.push(marks);
    this.#batch = new RecordBatch();
  }

  #post(message: ToWriterThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWriterThread): void {
    switch (message.type) {
      case 'written':
        this.#written();
        break;
      case 'closed':
        this.#isClosing = true;
        break;
      case 'failed':
        this.#fail(this.#broken(message.code, message.message));
        break;
    }
  }

  #written(): void {
    this.#onWritten(this.#behind.shift() ?? []);
    if (this.#behind.length < MOST_BEHIND) {
      this.#room?.resolve();
      this.#room = undefined;
    }
    if (this.#behind.length === 0) {
      this.#empty?.resolve();
      this.#empty = undefined;
    }
  }

  /** The thread is gone, for whatever reason; nothing comes from it any more. */
  #end(): void {
    const isDone = this.#isClosing && this.#behind.length === 0;
    if (!isDone) this.#fail(this.#broken(undefined, 'its thread ended before its time'));
    this.#ended.resolve();
  }

  #broken(code: number | undefined, message: string, cause?: unknown): BrokenRunError {
    if (cause instanceof Error && cause.name === 'BrokenRunError') {
      return new BrokenRunError(cause.message, { cause });
    }
    return new BrokenRunError(adviceFor(this.#path, code, message), { cause });
  }

  /** The first failure is the one that counts. */
  #fail(failure: BrokenRunError): void {
    this.#failure ??= failure;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const waiting of [this.#room, this.#empty]) waiting?.reject(this.#failure);
    this.#room = this.#empty = undefined;
  }
}
