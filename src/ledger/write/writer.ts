import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { Outcome } from '../../model/outcome.ts';
import { adviceFor, resultCode } from '../database-errors.ts';
import { ledgerPath } from '../folder.ts';
import type { RecordValue } from '../schema.ts';
import { RecordBatch } from './record-batch.ts';
import { addConfirmation, addRecord } from './record-values.ts';
import { RecordWriter } from './record-writer.ts';
import type { Mark, TakenRow } from './row-register.ts';
import type { Load } from './runs.ts';
import type { FromWriterThread, ToWriterThread, WriterThreadData } from './writer-messages.ts';

/**
 * Records, or places, that are sent at a time: enough that the commit costs each row next to nothing, and
 * so few that the young generation of V8's heap collects them.
 */
const BATCH = 100;

/**
 * In ms: no record waits longer to be sent. A kill loses the records of this time, unless the writer is
 * behind.
 */
const INTERVAL = 100;

/** A run of so few rows writes its records on its own thread: starting another takes longer. */
const MOST_HERE = 200;

/** With so many batches unwritten, `write` asks to pause: 10,000 rows, some 5 MB. */
const MOST_BEHIND = 100;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./writer-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Writes records in batches, on its own thread. A new row costs SQLite 3 µs, a commit may wait for the
 * disk, and a checkpoint takes some 100 ms: too much for the thread that downloads. Sending a row to the
 * other thread costs 0.5 µs. The thread takes some 40 ms to start, and as long to end, so a run of a few
 * rows does without.
 */
export class LedgerWriter {
  readonly #data: WriterThreadData;
  /** Started once there are enough records to make up for its start. */
  #worker: Worker | undefined;
  /** Writes until then. */
  #here: RecordWriter | undefined;
  /** The number of records to come. */
  #expected = 0;
  readonly #path: string;
  readonly #onWritten: (marks: readonly Mark[]) => void;
  #batch = new RecordBatch();
  /** Of the rows that are held, by object: all marks, and the records from before the thread was started. */
  readonly #held = new Map<string, { readonly values: RecordValue[]; readonly marks: Mark[] }>();
  /** The marks of the batches that are sent and not written yet, oldest first. */
  readonly #behind: (readonly Mark[])[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Settles when callers of {@link pause} may continue. */
  #room: PromiseWithResolvers<void> | undefined;
  /** Settles when all batches are written. */
  #empty: PromiseWithResolvers<void> | undefined;
  #failure: BrokenRunError | undefined;
  #isClosing = false;
  readonly #ended = Promise.withResolvers<void>();

  /** @param onWritten called for each batch once it is in the ledger, with the marks of its new rows */
  constructor(data: WriterThreadData, onWritten: (marks: readonly Mark[]) => void) {
    this.#data = data;
    this.#path = ledgerPath(data.directory);
    this.#onWritten = onWritten;
  }

  /**
   * Takes the record of a row, which is written with the next batch.
   * @returns as {@link pause} @throws as {@link pause}
   */
  write(outcome: Outcome, row: TakenRow): Promise<void> | undefined {
    const { values, marks } = this.#batch;
    addRecord(values, outcome, { row, ...this.#data });
    if (row.mark !== undefined) marks.push(row.mark);
    this.#sendIfFull();
    return this.pause();
  }

  /**
   * Takes the record of a row whose file is in an object that is not published yet. It is written after
   * {@link writeHeld}.
   * @returns as {@link pause} @throws as {@link pause}
   */
  hold(outcome: Outcome, row: TakenRow, object: string): Promise<void> | undefined {
    const held = this.#held.get(object) ?? { values: [], marks: [] };
    this.#held.set(object, held);
    // Before the thread is started there are few, which stay here.
    const values = this.#worker === undefined ? held.values : this.#batch.heldFor(object);
    addRecord(values, outcome, { row, ...this.#data });
    if (row.mark !== undefined) held.marks.push(row.mark);
    this.#sendIfFull();
    return this.pause();
  }

  /** Writes what is held for an object with the next batch. */
  writeHeld(object: string): void {
    const { values = [], marks = [] } = this.#held.get(object) ?? {};
    this.#held.delete(object);
    for (const value of values) this.#batch.values.push(value);
    for (const mark of marks) this.#batch.marks.push(mark);
    this.#batch.published.push(object);
    this.#sendIfFull();
  }

  /** Notes that the file of a row that is done has the right contents. */
  confirm(outcome: Outcome, row: TakenRow): void {
    addConfirmation(this.#batch.confirmed, outcome, { row, ...this.#data });
    this.#sendIfFull();
  }

  /** Announces a record, so that the thread can start while the first requests are in flight. */
  expect(): void {
    this.#expected++;
    if (this.#expected > MOST_HERE && this.#failure === undefined) this.#worker ??= this.#start();
  }

  /** Notes that the row with this id is at `index` in the list. */
  see(id: number, index: number): void {
    this.#batch.see(id, index);
    this.#sendIfFull();
  }

  /** Notes the load of the run. */
  load({ at, inFlight, allowed }: Load): void {
    this.#batch.loads.push(at, inFlight, allowed);
    this.#sendIfFull();
  }

  /**
   * @returns a promise when the caller should pause until it is fulfilled, otherwise undefined
   * @throws BrokenRunError when the ledger cannot be written; the promise is rejected with it, too
   */
  pause(): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#behind.length < MOST_BEHIND) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Resolves when all records so far are in the ledger. @throws BrokenRunError */
  async flush(): Promise<void> {
    this.#send();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#behind.length === 0) return;
    this.#empty ??= Promise.withResolvers<void>();
    await this.#empty.promise;
  }

  /**
   * Writes the rest, checkpoints the log and ends the thread. @throws BrokenRunError
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
    // Few records are written when the interval is over, most likely with the last of them.
    if (this.#worker !== undefined && this.#batch.size >= BATCH) this.#send();
    else if (this.#failure === undefined) this.#timer ??= setTimeout(() => this.#send(), INTERVAL);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.size === 0 || this.#failure !== undefined) return;
    const batch = this.#batch;
    this.#batch = new RecordBatch();
    const { values, held, published, places, loads, confirmed, marks } = batch;
    this.#behind.push(marks);
    if (this.#worker === undefined) this.#writeHere(batch);
    else this.#post({ type: 'write', values, held, published, places, loads, confirmed });
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
      // The process's own Node options may break the thread, as --input-type does.
      execArgv: [],
      // In MiB. A thread's objects do not live long: with more room it would take 25 MB more, and no less time.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
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

  /** The thread has ended. */
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
