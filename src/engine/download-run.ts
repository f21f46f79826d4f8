import { asyncContext, completion, createTask, type Task, warnOf } from '../concurrency/index.ts';
import { type Item, itemOf, type Row } from '../model/item.ts';
import { type Outcome, skippedOutcome } from '../model/outcome.ts';
import type { SavedFile } from '../save/sinks/sink.ts';
import { OutcomeQueue } from './outcome-queue.ts';
import { OwedRows } from './owed-rows.ts';
import { copied, preflight, settled } from './preflight.ts';
import { RowSource } from './row-source.ts';
import { SaveSlots } from './save-slots.ts';
import type { Run, Steps } from './steps.ts';
import { isCancelled, type Stop } from './stop.ts';
import { Workers } from './workers.ts';

/**
 * The most files that are being saved without a permit for a request. A slow disk leaves the connections
 * busy until this many files have piled up. From then on it holds the connections back, so that memory
 * stays bounded. Measured with 100,000 files: 8 to 32 take a twentieth less time than 64, and a fifth
 * less than 256, as what is under way stays in the cache.
 */
const SAVES_BEHIND = 32;

/**
 * The most rows that wait for a permit or for another try. They let a run go on with other origins while
 * one is down.
 */
const MOST_WAITING = 20_000;

const NONE: readonly Outcome[] = [];

const CLOSE_FAILED = 'a source failed to close';

/**
 * A run under way. One reader takes the rows from the source, settles those that need no request, and
 * puts the others into the admission queue. {@link Workers} take each row that is admitted to its outcome.
 *
 * No row is pulled while outcomes pile up. Disposing of the run cancels what is under way, and waits for
 * its cleanup.
 */
export class DownloadRun implements AsyncDisposable {
  readonly #source: RowSource;
  readonly #run: Run;
  readonly #outcomes: OutcomeQueue;
  readonly #owed: OwedRows;
  readonly #reader: Task<void>;
  readonly #workers: Workers;
  /** Whether the reader's task has begun. */
  #hasBegun = false;
  #isReading = true;
  /** Whether the reader must not read on. */
  #isStopped = false;
  /** What the source threw. It is thrown once the rows that were read have their outcomes. */
  #sourceFailure: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Begins at once.
   * @param batches the source of the rows: it is read to its end, or closed
   */
  constructor(batches: AsyncIterator<Iterable<Row>, void>, steps: Steps, stop: Stop) {
    const { maxRequests } = steps.queue;
    const { mostWaiting = MOST_WAITING } = steps;
    this.#source = new RowSource(batches);
    this.#run = { ...steps, stop, saves: new SaveSlots(SAVES_BEHIND) };
    this.#outcomes = new OutcomeQueue(maxRequests + SAVES_BEHIND);
    this.#owed = new OwedRows(maxRequests + SAVES_BEHIND + mostWaiting);
    this.#isStopped = stop.requested;
    stop.signal.addEventListener('abort', this.#onStop, { once: true });
    this.#reader = createTask(() => this.#read(), { name: 'reader' });
    this.#reader.observe({ resumeFrom: () => this.#endReading() });
    this.#workers = new Workers(this.#run, {
      mostIdle: SAVES_BEHIND,
      room: () => this.#outcomes.room(),
      onOutcome: this.#onOutcome,
      onFailure: (error) => this.#fail(error),
    });
  }

  /** The next outcome, if there is one now. */
  take(): Outcome | undefined {
    return this.#outcomes.take();
  }

  /**
   * Waits for the next outcome.
   * @returns undefined once the outcomes of all rows have been returned
   * @throws (rejects) what reading, recalling and recording the rows throws; the task's CancelledError
   */
  next(): Promise<Outcome | undefined> {
    return this.#outcomes.next();
  }

  /** @throws what broke the run, unless {@link next} threw it */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.#outcomes.throwFailure();
  }

  async #read(): Promise<void> {
    this.#hasBegun = true;
    try {
      await this.#readRows();
    } catch (error) {
      // A CancelledError that the source throws by itself is a failure: rows would be lost silently.
      const isStop = isCancelled(error) && this.#isStopped;
      if (this.#isReading && !isStop) {
        if (this.#source.hasThrown(error)) this.#sourceFailure = { error };
        else this.#fail(error);
      }
    }
    // A source that did not answer is being closed already.
    if (!this.#isReading) return;
    try {
      await this.#source.close();
    } catch (error) {
      // A run that was stopped still has outcomes to return.
      if (this.#isClosing) this.#fail(error);
      else warnOf(CLOSE_FAILED, error);
    }
  }

  async #readRows(): Promise<void> {
    const { queue } = this.#run;
    let index = 0;
    for (;;) {
      for (let room = this.#room(); room !== undefined; room = this.#room()) await room;
      if (this.#isStopped) return;
      // The next batch may take any time.
      queue.pause();
      const batch = await this.#source.next();
      if (batch === undefined || this.#isStopped) return;
      for (const row of batch) {
        const settling = this.#take(row, index++);
        if (settling !== undefined) await settling;
        for (let room = this.#room(); room !== undefined; room = this.#room()) await room;
        if (this.#isStopped) return;
      }
    }
  }

  /** @returns undefined when the reader may pull another row now */
  #room(): Promise<void> | undefined {
    if (this.#isStopped) return undefined;
    const wait = this.#outcomes.room() ?? this.#owed.room();
    if (wait === undefined) return this.#run.queue.room();
    this.#run.queue.pause();
    return wait;
  }

  /** @returns a promise when the reader has to wait before it goes on */
  #take(row: Row, index: number): Promise<void> | undefined {
    const read = itemOf(row, index);
    const item = this.#run.identify?.(read) ?? read;
    // Called for each row, in the order of the list: that tells equal rows apart.
    const earlier = this.#run.recall?.(item);
    const decided = preflight(item, earlier);
    const isPending = decided.origin !== undefined;
    const isElsewhere = !isPending && earlier?.isElsewhere === true;
    const standing = this.#run.duplicates?.enter(item, isPending || isElsewhere);
    if (standing === 'waiting') {
      this.#owed.add();
      return undefined;
    }
    if (isElsewhere && standing !== 'repeated') return this.#copy(item, earlier.file);
    if (!isPending) return this.#settle(decided.outcome);
    if (standing === 'repeated') {
      return this.#settle(settled(skippedOutcome(item, 'duplicate')).outcome);
    }
    this.#owed.add();
    this.#run.queue.put(decided);
    return undefined;
  }

  /** The row's file is there under another name. The row is downloaded if that file has changed. */
  async #copy(item: Item, file: SavedFile): Promise<void> {
    const { queue, copy, duplicates } = this.#run;
    queue.pause();
    const decided = await copied(item, file, copy);
    if (decided.origin !== undefined) {
      this.#owed.add();
      queue.put(decided);
      return;
    }
    await this.#settle(decided.outcome);
    await this.#endDuplicates(duplicates?.end(decided.outcome) ?? NONE);
  }

  /** @returns a promise when the reader has to wait before it goes on */
  #settle(outcome: Outcome): Promise<void> | undefined {
    const recording = this.#run.record?.(outcome);
    if (recording === undefined) {
      this.#outcomes.put(outcome);
      return undefined;
    }
    this.#run.queue.pause();
    return recording.then(() => this.#outcomes.put(outcome));
  }

  /** A worker has taken a row to its outcome. @returns a promise when the worker has to wait */
  readonly #onOutcome = (outcome: Outcome, origin: string): Promise<void> | undefined => {
    this.#owed.settle();
    this.#releaseOrigin(origin);
    this.#outcomes.put(outcome);
    const duplicates = this.#run.duplicates?.end(outcome) ?? NONE;
    if (duplicates.length > 0) {
      return this.#endDuplicates(duplicates).then(() => this.#endIfDone());
    }
    this.#endIfDone();
    return undefined;
  };

  /** Records and returns the outcomes of rows that waited for the end of another one. */
  async #endDuplicates(outcomes: readonly Outcome[]): Promise<void> {
    for (const outcome of outcomes) {
      const recording = this.#run.record?.(outcome);
      if (recording !== undefined) await recording;
      this.#owed.settle();
      this.#outcomes.put(outcome);
    }
  }

  /** Ends the run once all rows that were read have their outcomes, and no more are read. */
  #endIfDone(): void {
    if (this.#isReading || !this.#owed.isNone) return;
    if (this.#sourceFailure === undefined) this.#outcomes.close();
    else this.#fail(this.#sourceFailure.error);
  }

  #releaseOrigin(origin: string): void {
    const { release, queue } = this.#run;
    if (release !== undefined && queue.expected(origin) === 0) release(origin);
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  #endReading(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#run.queue.close();
    this.#endIfDone();
  }

  /** The run itself broke. */
  #fail(error: unknown): void {
    if (!this.#outcomes.fail(error)) warnOf('one more failure while a run ended', error);
    this.#close();
  }

  readonly #onStop = (): void => {
    this.#stopReading();
    this.#run.queue.stop();
  };

  #stopReading(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    // A reader that has not begun closes the source as it begins, and ends.
    if (!this.#isReading || !this.#hasBegun) return;
    this.#reader.cancel();
    // The source may never answer the reader. So it is closed without waiting for the reader.
    if (!this.#source.isAsked || !this.#reader.hasPendingCancellation) return;
    this.#endReading();
    this.#source.close().catch((error: unknown) => warnOf(CLOSE_FAILED, error));
  }

  /** Outside of any task: no cancellation interrupts the closing. */
  #close(): Promise<void> {
    this.#closing ??= asyncContext.run(undefined, () => this.#cancelAndWait());
    return this.#closing;
  }

  async #cancelAndWait(): Promise<void> {
    this.#run.stop.signal.removeEventListener('abort', this.#onStop);
    this.#stopReading();
    this.#run.queue.clear();
    this.#workers.cancel();
    if (this.#isReading) await completion(this.#reader);
    await this.#workers.ended();
    this.#outcomes.close();
  }
}
