import { isPromise } from 'node:util/types';
import { asyncContext } from '../concurrency/async-context.ts';
import { completion } from '../concurrency/completion.ts';
import type { Future } from '../concurrency/future.ts';
import { Semaphore } from '../concurrency/semaphore.ts';
import { createTask, type Task } from '../concurrency/task.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import { warnOf } from '../concurrency/warnings.ts';
import { itemOf, type Row } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import { downloadOne } from './download-one.ts';
import { OutcomeQueue } from './outcome-queue.ts';
import { preflight } from './preflight.ts';
import type { Run, Steps } from './steps.ts';
import { isCancelled, type Stop } from './stop.ts';

/**
 * Files, at most, whose requests are over and that still wait to be saved. Saving holds no permit,
 * so a slow disk leaves the connections busy until this many have piled up; from then on it holds
 * them back, so that memory stays bounded. Measured, 100,000 files: with 8 to 32 they take a twentieth
 * less time than with 64, and a fifth less than with 256: what is under way stays in the cache.
 */
const SAVES_BEHIND = 32;

/**
 * Rows, at most, that wait for a permit or for another try, beside those whose requests are in
 * flight. They are what lets a run go on while one origin is down.
 */
const MOST_WAITING = 20_000;

const CLOSE_FAILED = 'a source failed to close';

/**
 * A run under way. One reader takes the rows from the source, settles those that need no request, and
 * puts the others into the admission queue; workers take those that are admitted all the way to their
 * outcome.
 *
 * The workers are leader and followers (Schmidt et al., "Pattern-Oriented Software Architecture" 2,
 * 2000): one that gets a row makes sure that another waits for the next. A worker that waits for its
 * row's next try therefore holds up no other row, and there are never more than rows under way.
 *
 * Nothing is pulled while the outcomes are not taken. To dispose of the run cancels what is under way
 * and waits for its cleanup.
 */
export class DownloadRun implements AsyncDisposable {
  readonly #batches: AsyncIterator<Iterable<Row>, void>;
  readonly #run: Run;
  readonly #outcomes: OutcomeQueue;
  /** Rows that were read and have no outcome yet, and how many there may be. */
  #owed = 0;
  readonly #mostOwed: number;
  /** The reader, while too many rows are {@link #owed}. */
  readonly #owing = new WaitQueue<void>();
  readonly #reader: Task<void>;
  readonly #workers = new Set<Task<void>>();
  #idle = 0;
  #hasBegun = false;
  /** The source has come to its end or has failed: it needs no closing. */
  #isSourceOver = false;
  /** The source has been asked for a batch and has not answered. */
  #isAsking = false;
  #isReading = true;
  /** No more is read. */
  #isStopped = false;
  #closing: Promise<void> | undefined;

  /**
   * Begins at once.
   * @param batches is read to its end, or closed
   */
  constructor(batches: AsyncIterator<Iterable<Row>, void>, steps: Steps, stop: Stop) {
    const { maxRequests } = steps.queue;
    this.#batches = batches;
    this.#run = { ...steps, stop, saves: new Semaphore(SAVES_BEHIND) };
    this.#outcomes = new OutcomeQueue(maxRequests + SAVES_BEHIND);
    this.#mostOwed = maxRequests + SAVES_BEHIND + MOST_WAITING;
    this.#isStopped = stop.requested;
    stop.signal.addEventListener('abort', this.#onStop, { once: true });
    this.#reader = createTask(() => this.#read(), { name: 'reader' });
    this.#reader.observe({ resumeFrom: () => this.#endReading() });
    this.#startWorker();
  }

  /** The next outcome, if there is one now. */
  take(): Outcome | undefined {
    return this.#outcomes.take();
  }

  /**
   * Waits for the next outcome.
   * @returns undefined once each row has had its own
   * @throws what reading the rows, recalling and recording them throws; the task's CancelledError
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
      // A CancelledError of the source's own is a failure: rows would be lost without a word.
      const isStop = isCancelled(error) && this.#isStopped;
      if (this.#isReading && !isStop) this.#fail(error);
    }
    // A source that was stuck has been told to close already.
    if (this.#isSourceOver || !this.#isReading) return;
    try {
      await this.#closeSource();
    } catch (error) {
      // A run that was stopped still has outcomes to give.
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
      // Only the source knows how long its next batch takes.
      queue.pause();
      const batch = await this.#nextBatch();
      if (batch === undefined || this.#isStopped) return;
      for (const row of batch) {
        const settling = this.#take(row, index++);
        if (settling !== undefined) await settling;
        for (let room = this.#room(); room !== undefined; room = this.#room()) await room;
        if (this.#isStopped) return;
      }
    }
  }

  /** @returns undefined at the end of the source */
  async #nextBatch(): Promise<Iterable<Row> | undefined> {
    this.#isAsking = true;
    try {
      const { done = false, value } = await this.#batches.next();
      this.#isSourceOver = done;
      return value ?? undefined;
    } catch (error) {
      // A wait that was cancelled says nothing of the source, which may have more.
      this.#isSourceOver = !isCancelled(error);
      throw error;
    } finally {
      this.#isAsking = false;
    }
  }

  /** @returns undefined when the reader may pull another row now */
  #room(): Promise<void> | undefined {
    if (this.#isStopped) return undefined;
    const wait =
      this.#outcomes.room() ??
      (this.#owed < this.#mostOwed ? undefined : this.#owing.wait(undefined));
    if (wait === undefined) return this.#run.queue.room();
    this.#run.queue.pause();
    return wait;
  }

  /** @returns a promise when the reader has to wait before it goes on */
  #take(row: Row, index: number): Promise<void> | undefined {
    const item = itemOf(row, index);
    // Each row, in the order of the list: it tells equal ones apart.
    const earlier = this.#run.recall?.(item);
    if (!isPromise(earlier)) return this.#place(preflight(item, earlier));
    this.#run.queue.pause();
    return earlier.then((recalled) => this.#place(preflight(item, recalled)));
  }

  #place(row: ReturnType<typeof preflight>): Promise<void> | undefined {
    if (row.origin !== undefined) {
      if (this.#isClosing) return undefined;
      this.#owed++;
      this.#run.queue.put(row);
      if (this.#isStopped) this.#cancelLate();
      return undefined;
    }
    const recording = this.#run.record?.(row.outcome);
    if (recording === undefined) {
      this.#outcomes.put(row.outcome);
      return undefined;
    }
    this.#run.queue.pause();
    return recording.then(() => this.#outcomes.put(row.outcome));
  }

  /** A row was being recalled while the queue was stopped: by now all workers may have ended. */
  #cancelLate(): void {
    this.#run.queue.stop();
    this.#startWorker();
  }

  #startWorker(): void {
    const worker = createTask(() => this.#work());
    this.#workers.add(worker);
    worker.observe({ resumeFrom: (task) => this.#workerEnded(task as Task<void>) });
  }

  async #work(): Promise<void> {
    const { queue } = this.#run;
    // A row that is cancelled takes the cancellation of its worker for its own: it ends as an outcome.
    while (!this.#isClosing) {
      for (let room = this.#outcomes.room(); room !== undefined; room = this.#outcomes.room()) {
        await room;
      }
      let admitted = queue.take();
      if (admitted === undefined) {
        // As many as this are busy at a time; more were for rows that waited for another try.
        if (this.#idle > queue.maxRequests + SAVES_BEHIND) return;
        this.#idle++;
        try {
          admitted = await queue.next();
        } finally {
          this.#idle--;
        }
        if (admitted === undefined || this.#isClosing) return;
      }
      if (this.#idle === 0) this.#startWorker();
      const outcome = await downloadOne(admitted.row, this.#run, admitted.admission);
      this.#owed--;
      this.#releaseOrigin(admitted.row.origin);
      if (this.#owing.size > 0) this.#owing.next();
      this.#outcomes.put(outcome);
      if (this.#isDone) this.#outcomes.close();
    }
  }

  #releaseOrigin(origin: string): void {
    const { release, queue } = this.#run;
    if (release !== undefined && queue.expected(origin) === 0) release(origin);
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  get #isDone(): boolean {
    return !this.#isReading && this.#owed === 0;
  }

  /** Outside of the reader, whose cancellation is not to reach the source's cleanup. */
  #closeSource(): Promise<unknown> {
    return asyncContext.run(undefined, () => Promise.try(() => this.#batches.return?.()));
  }

  #endReading(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#run.queue.close();
    if (this.#isDone) this.#outcomes.close();
  }

  #workerEnded(worker: Task<void>): void {
    this.#workers.delete(worker);
    const failure = failureOf(worker);
    if (failure !== undefined && !(worker.cancelled() && this.#isClosing))
      this.#fail(failure.error);
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
    // One that has not begun ends as it begins, having closed the source.
    if (!this.#isReading || !this.#hasBegun) return;
    this.#reader.cancel();
    // The reader waits for the source, which may never answer: the source is closed without waiting for that.
    if (!this.#isAsking || !this.#reader.hasPendingCancellation) return;
    this.#endReading();
    this.#closeSource().catch((error: unknown) => warnOf(CLOSE_FAILED, error));
  }

  /** Outside of any task: the closing goes on to its end, whichever task is cancelled meanwhile. */
  #close(): Promise<void> {
    this.#closing ??= asyncContext.run(undefined, () => this.#cancelAndWait());
    return this.#closing;
  }

  async #cancelAndWait(): Promise<void> {
    this.#run.stop.signal.removeEventListener('abort', this.#onStop);
    this.#stopReading();
    this.#run.queue.clear();
    for (const worker of this.#workers) worker.cancel();
    if (this.#isReading) await completion(this.#reader);
    for (const worker of this.#workers) await completion(worker);
    this.#outcomes.close();
  }
}

/** What a task ended with in place of a result, its cancellation included. */
function failureOf(task: Future<unknown>): { readonly error: unknown } | undefined {
  try {
    task.result();
    return undefined;
  } catch (error) {
    return { error };
  }
}
