import { isPromise } from 'node:util/types';
import { currentTask, taskContext } from '../concurrency/current-task.ts';
import { CancelledError } from '../concurrency/errors.ts';
import { Fifo } from '../concurrency/fifo.ts';
import type { EagerIterable, EagerIterator } from '../concurrency/pull.ts';
import type { Task } from '../concurrency/task.ts';
import { WaitQueue } from '../concurrency/wait-queue.ts';
import { warnOf } from '../concurrency/warnings.ts';
import { OriginDownError } from '../model/failure.ts';
import type { Permit } from './permit.ts';
import type { Reader, Scheduler } from './scheduler.ts';

/** Somebody who wants a turn. */
export interface Waiting {
  /** Where its request goes; undefined when there is none to be made. */
  readonly origin: string | undefined;
}

/** A row whose turn has come. */
export interface Turn<T> {
  readonly row: T;
  /** Undefined when it needs none, there is none to be had, or the run is being stopped. */
  readonly permit: Permit | undefined;
  /** Why there is none to be had. */
  readonly down?: OriginDownError | undefined;
}

/**
 * Rows read beyond those whose turn has come, at most: what lets other origins go ahead of one that
 * has to wait. More would be memory that the length of the list decides on.
 */
export const LOOK_AHEAD = 10_000;

type Result<T> = IteratorResult<Turn<T>, undefined>;

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The rows of a list, each as its turn comes: in the order of the list for each origin, in a fair
 * one among them. A row is read only when there is room for a request that none of those read so far
 * may have.
 *
 * Once `stop` aborts no more is read, even if the list is stuck in its `next()`; those read come out
 * at once, without a permit.
 */
export class Turns<T extends Waiting>
  implements EagerIterator<Turn<T>>, EagerIterable<Turn<T>>, Reader
{
  readonly #rows: EagerIterator<T>;
  readonly #scheduler: Scheduler;
  readonly #stop: AbortSignal;
  /** Those whose turn has come. */
  readonly #due = new Fifo<Turn<T>>();
  /** Those whose turn is to come. */
  readonly #queued = new Set<T>();
  /** They get a result, or undefined: look again. */
  readonly #consumers = new WaitQueue<Result<T> | undefined>();
  /** Who asked last: what the list waits for is a wait of theirs, whoever makes room for it. */
  #asker: Task<unknown> | undefined;
  readonly #askList = () => this.#rows.next();
  #isReading = false;
  #isLooking = false;
  #isAtEnd = false;
  #isStopped = false;
  /** Of the list: thrown once, after the rows whose turn has come by then. */
  #failure: { readonly error: unknown } | undefined;

  constructor(rows: EagerIterable<T>, scheduler: Scheduler, stop: AbortSignal) {
    this.#rows = rows[Symbol.asyncIterator]();
    this.#scheduler = scheduler;
    this.#stop = stop;
    scheduler.readFrom(this);
    if (!stop.aborted) stop.addEventListener('abort', this.#onStop, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what reading the rows throws; the task's CancelledError */
  next(): Result<T> | Promise<Result<T>> {
    if (this.#stop.aborted) this.#stopReading();
    this.#asker = currentTask();
    return this.#look() ?? this.#throwFailure() ?? this.#wait();
  }

  /**
   * Closes the list, and waits for that unless the list is stuck in its `next()`. Those that wait get
   * no turn. @throws what its cleanup throws
   */
  async return(): Promise<Result<T>> {
    this.#leave();
    if (this.#isAtEnd) return END;
    this.#isAtEnd = true;
    if (this.#isReading) this.#tellToClose();
    else await this.#rows.return?.();
    return END;
  }

  #leave(): void {
    this.#stop.removeEventListener('abort', this.#onStop);
    this.#scheduler.withdraw();
    this.#queued.clear();
  }

  async #wait(): Promise<Result<T>> {
    return (await this.#consumers.wait(undefined)) ?? (await this.next());
  }

  #throwFailure(): undefined {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    // Nobody closes what has failed.
    if (this.#isAtEnd) this.#leave();
    throw failure.error;
  }

  /** Looks for a turn, and reads rows until there is one. @returns undefined when there is none yet */
  #look(): Result<T> | undefined {
    this.#isLooking = true;
    while (this.#due.size === 0 && this.mayRead) this.#readOne();
    // Nobody else can be found at the moment: whoever waits may have more than a share.
    if (this.#due.size === 0) this.#scheduler.advance();
    this.#isLooking = false;
    if (this.#due.size > 0) return { done: false, value: this.#due.take() };
    const isOver = this.#isAtEnd && this.#queued.size === 0 && this.#failure === undefined;
    if (!isOver) return undefined;
    this.#stop.removeEventListener('abort', this.#onStop);
    return END;
  }

  /** Whether it may read on at this moment. */
  get mayRead(): boolean {
    if (this.#isAtEnd || this.#isReading || this.#failure !== undefined) return false;
    return this.#queued.size < LOOK_AHEAD && this.#scheduler.hasRoom;
  }

  /** There is room for others than those who wait. */
  read(): void {
    this.#hand();
  }

  #readOne(): void {
    try {
      const answer = taskContext.run(this.#asker, this.#askList);
      if (isPromise(answer)) this.#readLater(answer);
      else this.#take(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #readLater(answer: Promise<IteratorResult<T, undefined>>): void {
    this.#isReading = true;
    answer
      .then(
        (result) => this.#isAtEnd || this.#take(result),
        (error: unknown) => this.#isAtEnd || this.#fail(error),
      )
      .then(() => {
        this.#isReading = false;
        this.#hand();
      });
  }

  #take(result: IteratorResult<T, undefined>): void {
    if (result.done) {
      this.#isAtEnd = true;
      return;
    }
    const row = result.value;
    if (row.origin === undefined) {
      this.#due.put({ row, permit: undefined });
      return;
    }
    this.#queued.add(row);
    this.#scheduler.request(row.origin, (admission) => {
      this.#queued.delete(row);
      this.#due.put(
        admission instanceof OriginDownError
          ? { row, permit: undefined, down: admission }
          : { row, permit: admission },
      );
      this.#hand();
    });
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    // A wait that was cancelled says nothing of the list, which may have more.
    if (!(error instanceof CancelledError)) this.#isAtEnd = true;
  }

  /** Gives whoever waits what there is by now. */
  #hand(): void {
    // In the midst of looking: what has come is found there.
    while (!this.#isLooking && this.#consumers.size > 0) {
      const result = this.#look();
      if (result === undefined && this.#failure === undefined) return;
      this.#consumers.next(result);
    }
  }

  readonly #onStop = (): void => {
    this.#stopReading();
    this.#hand();
  };

  #stopReading(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#scheduler.withdraw();
    for (const row of this.#queued) this.#due.put({ row, permit: undefined });
    this.#queued.clear();
    if (this.#isAtEnd) return;
    this.#isAtEnd = true;
    this.#tellToClose();
  }

  /** Not waited for: it may be stuck for good. */
  #tellToClose(): void {
    Promise.try(() => this.#rows.return?.()).catch((error: unknown) =>
      warnOf('a source failed to close', error),
    );
  }
}
