import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/failure.ts';
import type { Outcome } from '../../model/outcome.ts';
import { adviceFor, resultCode } from '../database-errors.ts';
import { ledgerPath } from '../folder.ts';
import { THREAD_OPTIONS } from '../thread-options.ts';
import type { FromWriterThread, ToWriterThread, WriterThreadData } from './record-batch.ts';
import { RecordBatch } from './record-batch.ts';
import { addRecord } from './record-values.ts';
import { RecordWriter } from './record-writer.ts';
import type { Mark, TakenRow } from './row-register.ts';
import type { Load } from './runs.ts';

/**
 * Records, or places, that are sent at a time: enough that a row pays next to nothing for its commit, and
 * so few that they are gone before V8 has moved them twice and takes them for lasting.
 */
const BATCH = 100;

/** In ms: no record waits longer to be sent. It is what a kill loses, at most, of a run in step. */
const INTERVAL = 100;

/** A run of so few rows writes its records itself: to start the thread takes longer. */
const MOST_HERE = 200;

/** Batches on their way from which on `write` asks to pause: 10,000 rows, some 5 MB. */
const MOST_BEHIND = 100;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./writer-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Writes records on a thread of its own, in batches. A new row costs SQLite 3 µs, a commit may have
 * to wait for the disk, and taking in the log stops everything for some 100 ms: too much for the
 * thread that downloads. Sending a row to the other thread costs it half a microsecond. It takes
 * some 40 ms to start, though, and as long to end: a run of a few rows does without.
 */
export class LedgerWriter {
  readonly #data: WriterThreadData;
  /** Once there is enough to write to make up for its start. */
  #worker: Worker | undefined;
  /** Until then. */
  #here: RecordWriter | undefined;
  /** Records that there will be. */
  #expected = 0;
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
    this.#data = data;
    this.#path = ledgerPath(data.directory);
    this.#onWritten = onWritten;
  }

  /**
   * Takes a row's record, to be written soon.
   * @returns as {@link pause} @throws as {@link pause}
   */
  write(outcome: Outcome, row: TakenRow): Promise<void> | undefined {
    const { values, marks } = this.#batch;
    addRecord(values, outcome, { row, ...this.#data });
    if (row.mark !== undefined) marks.push(row.mark);
    this.#sendIfFull();
    return this.pause();
  }

  /** There will be a record more: the thread for them starts while the first requests are waited for. */
  expect(): void {
    this.#expected++;
    if (this.#expected > MOST_HERE && this.#failure === undefined) this.#worker ??= this.#start();
  }

  /** Takes note that the row with this id stands at `index` in the list. */
  see(id: number, index: number): void {
    this.#batch.see(id, index);
    this.#sendIfFull();
  }

  /** Takes note of how busy the run is. */
  load({ at, inFlight, allowed }: Load): void {
    this.#batch.loads.push(at, inFlight, allowed);
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
    this.#send();
    if (this.#failure !== undefined) throw this.#failure;
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
      if (this.#worker === undefined) this.#hereOrFail((writer) => writer.finish());
      else this.#post({ type: 'close' });
    }
    if (this.#worker !== undefined) await this.#ended.promise;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #sendIfFull(): void {
    // Few rows are written when their time has come: most likely with the last of them.
    if (this.#worker !== undefined && this.#batch.size >= BATCH) this.#send();
    else if (this.#failure === undefined) this.#timer ??= setTimeout(() => this.#send(), INTERVAL);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.size === 0 || this.#failure !== undefined) return;
    const batch = this.#batch;
    this.#batch = new RecordBatch();
    const { values, places, loads, marks } = batch;
    this.#behind.push(marks);
    if (this.#worker === undefined) this.#writeHere(batch);
    else this.#post({ type: 'write', values, places, loads });
  }

  #writeHere(batch: RecordBatch): void {
    this.#hereOrFail((writer) => writer.write([batch]));
    if (this.#failure === undefined) this.#written();
  }

  #hereOrFail(act: (writer: RecordWriter) => void): void {
    try {
      this.#here ??= new RecordWriter(this.#data);
      act(this.#here);
    } catch (error) {
      // Nothing is written after a failure: a gap would look like rows that never ended.
      this.#here?.close();
      this.#fail(this.#broken(resultCode(error), messageOf(error), error));
    }
  }

  #post(message: ToWriterThread): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    this.#here?.close();
    const worker = new Worker(WORKER, {
      ...THREAD_OPTIONS,
      name: 'flaghoist ledger',
      workerData: this.#data,
    });
    worker.on('message', (message: FromWriterThread) => this.#hear(message));
    worker.on('error', (cause) => this.#fail(this.#broken(undefined, messageOf(cause), cause)));
    worker.on('exit', () => this.#end());
    return worker;
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
