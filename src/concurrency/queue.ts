import { runningTask } from './async-context.ts';
import { InvalidStateError, QueueShutDown } from './errors.ts';
import { Fifo } from './fifo.ts';
import type { Future } from './future.ts';
import { Inspectable } from './inspectable.ts';
import { keepShape } from './shapes.ts';
import { Failed, type WaitOptions } from './suspension.ts';
import { WaitQueue } from './wait-queue.ts';
import { checkWholeNumber } from './whole-number.ts';

/** Options of {@link Queue}. */
export interface QueueOptions {
  /**
   * How many items fit; `put()` waits while it is full. A whole number ≥ 1, or Infinity.
   * @default Infinity
   */
  maxSize?: number | undefined;
}

/** Options of {@link Queue.shutdown}. */
export interface ShutdownOptions {
  /**
   * Drops the items that are in the queue, each as if `taskDone()` had been called for it.
   * @default false
   */
  immediate?: boolean | undefined;
}

/** Where a queue keeps its items. It decides which one is next. */
export interface QueueStorage<T> {
  readonly size: number;
  /** Adds `item`. Where it throws, nothing has changed. */
  put(item: T): void;
  /** Adds `item`, which was taken before, as the one to be taken next. */
  putBack(item: T): void;
  /** Takes the next item. Only while `size` is not 0. Where it throws, nothing has changed. */
  take(): T;
  clear(): void;
}

/**
 * Passes items from producers to consumers, in order. Calls of `put()` and of `get()` are each served
 * first come, first served. Counterpart: `asyncio.Queue`.
 *
 * A cancelled `get()` takes no item and a cancelled `put()` adds none. An item that was handed to a
 * getter and meets its cancellation in the same turn is the next one to be got again.
 *
 * @example
 * ```ts
 * const queue = new Queue<string>({ maxSize: 100 });
 * async function produce() {
 *   for (const url of urls) await queue.put(url);
 *   queue.shutdown();
 * }
 * async function consume() {
 *   for await (const url of queue) await download(url);
 * }
 * await gather([produce, consume, consume]);
 * ```
 */
export class Queue<T> extends Inspectable implements AsyncIterable<T> {
  /** How many items fit. */
  readonly maxSize: number;
  readonly #items: QueueStorage<T>;
  /** Only while there are no items. */
  readonly #getters = new WaitQueue<T>((item, turn) => this.giveBack(item, turn));
  /** Only while it is full. Each brings its item along, so that its turn needs no second step. */
  readonly #putters = new WaitQueue<void, T>();
  /** Only while there are unfinished items. */
  readonly #joiners = new WaitQueue<void>();
  /** The turns of the items in front that came back from getters that were cancelled. */
  #returned: number[] = [];
  /** How many items were put and not yet said to be done. */
  #unfinished = 0;
  #shutdown: 'no' | 'yes' | 'immediate' = 'no';

  /**
   * @param storage for the kinds of queues, internal to this module
   * @throws TypeError when `maxSize` is no number; RangeError when it is neither a whole number ≥ 1
   *   nor Infinity
   */
  constructor(options: QueueOptions = {}, storage: QueueStorage<T> = new Fifo()) {
    super();
    this.maxSize = checkMaxSize(options, new.target.name);
    this.#items = storage;
  }

  /** How many items are in it. Counterpart: `Queue.qsize()`. */
  get size(): number {
    return this.#items.size;
  }

  /** Whether `get()` would have to wait. */
  get empty(): boolean {
    return this.size === 0;
  }

  /** Whether `put()` would have to wait. */
  get full(): boolean {
    return this.size >= this.maxSize;
  }

  /**
   * Adds `item`, once there is room.
   * @throws the task's CancelledError, or the signal's reason; QueueShutDown after `shutdown()`. The
   *   item is not added then
   */
  put(item: T, options: WaitOptions = {}): Future<void> {
    try {
      const isOver = options.signal?.aborted || runningTask()?.hasPendingCancellation;
      const isAdded = !isOver && this.tryPut(item);
      return isAdded ? this.#putters.ready() : this.#putters.wait(item, options);
    } catch (error) {
      return new Failed(error);
    }
  }

  /**
   * Takes the next item, once there is one.
   * @throws the task's CancelledError, or the signal's reason; QueueShutDown after `shutdown()`, once
   *   the queue is empty. No item is taken then
   */
  get(options: WaitOptions = {}): Future<T> {
    if (this.#mustWaitToGet || options.signal?.aborted)
      return this.#getters.wait(undefined, options);
    try {
      return this.#getters.ready(this.#take());
    } catch (error) {
      return new Failed(error);
    }
  }

  /**
   * Adds `item` if there is room now. Counterpart: `Queue.put_nowait()`.
   * @returns whether there was
   * @throws QueueShutDown after `shutdown()`
   */
  tryPut(item: T): boolean {
    if (this.#shutdown !== 'no') throw shutDownError();
    if (this.full) return false;
    // Getters wait only while there is nothing else to get, so the first of them is next.
    if (!this.#getters.next(item)) this.#items.put(item);
    this.#unfinished++;
    return true;
  }

  /**
   * The next item, or undefined when the queue is empty. Where items may be undefined, ask `empty` first.
   * Counterpart: `Queue.get_nowait()`.
   * @throws QueueShutDown after `shutdown()`, once the queue is empty
   */
  tryGet(): T | undefined {
    return this.#mustWaitToGet ? undefined : this.#take();
  }

  /**
   * Says that an item is done: each `get()` has one `taskDone()`, when the work on its item is over.
   * Only {@link join} needs these calls. Counterpart: `Queue.task_done()`.
   * @throws InvalidStateError when it is called more often than items were put
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new InvalidStateError('taskDone() was called more often than items were put');
    }
    this.#finish(1);
  }

  /**
   * Waits until all items that were put are done, see {@link taskDone}.
   * @throws the task's CancelledError, or the signal's reason
   */
  join(options: WaitOptions = {}): Future<void> {
    const isDone = this.#unfinished === 0 && !options.signal?.aborted;
    return isDone ? this.#joiners.ready() : this.#joiners.wait(undefined, options);
  }

  /**
   * Ends the queue: `put()` throws QueueShutDown from now on, and `get()` does once the queue is empty.
   * Those that wait now throw it at once. A second call is harmless, and may be the immediate one.
   * Counterpart: `Queue.shutdown()`.
   */
  shutdown({ immediate = false }: ShutdownOptions = {}): void {
    if (immediate) {
      this.#shutdown = 'immediate';
      const dropped = this.size;
      this.#items.clear();
      this.#returned = [];
      this.#finish(dropped);
    } else if (this.#shutdown === 'no') {
      this.#shutdown = 'yes';
    }
    this.#getters.failAll(shutDownError());
    this.#putters.failAll(shutDownError());
  }

  /**
   * Takes each item as `get()` does. The loop ends when the queue is shut down and empty; leaving it
   * before takes no item that the loop has not seen. Any number of loops may share a queue.
   * @throws the task's CancelledError
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof QueueShutDown) return;
        throw error;
      }
      yield item;
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'Queue';
  }

  /** For example `<Queue size=3 maxSize=3 putters=2 unfinished=4 shutdown>`. */
  protected override describe(): string[] {
    const words = [`size=${this.size}`];
    if (this.maxSize !== Number.POSITIVE_INFINITY) words.push(`maxSize=${this.maxSize}`);
    if (this.#getters.size > 0) words.push(`getters=${this.#getters.size}`);
    if (this.#putters.size > 0) words.push(`putters=${this.#putters.size}`);
    if (this.#unfinished > 0) words.push(`unfinished=${this.#unfinished}`);
    if (this.#shutdown !== 'no') words.push('shutdown');
    return words;
  }

  /**
   * Takes back an item handed to a getter that was cancelled before the item arrived. The item was in
   * the queue before, so it is the next one, also when the queue is full or shut down by now. @internal
   */
  protected giveBack(item: T, turn = 0): void {
    if (this.#shutdown === 'immediate') this.#finish(1);
    else if (!this.#getters.next(item)) this.#putBack(item, turn);
  }

  /** Several that come back in one turn are in the order in which they were handed over. */
  #putBack(item: T, turn: number): void {
    const before: T[] = [];
    while ((this.#returned[before.length] ?? turn) < turn) before.push(this.#items.take());
    this.#items.putBack(item);
    this.#returned.splice(before.length, 0, turn);
    for (const each of before.reverse()) this.#items.putBack(each);
  }

  get #mustWaitToGet(): boolean {
    return this.empty && this.#shutdown === 'no';
  }

  #take(): T {
    if (this.empty) throw shutDownError();
    const item = this.#items.take();
    if (this.#returned.length > 0) this.#returned.shift();
    this.#letPuttersIn();
    return item;
  }

  #letPuttersIn(): void {
    while (!this.full && this.#putters.size > 0) {
      try {
        this.#items.put(this.#putters.brought as T);
      } catch (error) {
        // An item that cannot be put in order is a failure of its put(), not of the get() just now.
        this.#putters.failNext(error);
        continue;
      }
      this.#unfinished++;
      this.#putters.next();
    }
  }

  #finish(items: number): void {
    // Not below 0: taskDone() may have been called for items that were never got.
    this.#unfinished = Math.max(0, this.#unfinished - items);
    if (this.#unfinished === 0) this.#joiners.all();
  }
}

function checkMaxSize(options: QueueOptions, name: string): number {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${name} takes options, as in new ${name}({ maxSize: 5 })`);
  }
  const { maxSize = Number.POSITIVE_INFINITY } = options;
  if (maxSize === Number.POSITIVE_INFINITY) return maxSize;
  return checkWholeNumber("a queue's maxSize", maxSize, 1);
}

function shutDownError(): QueueShutDown {
  return new QueueShutDown('the queue was shut down');
}

keepShape(new Queue());
