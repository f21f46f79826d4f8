import { Fifo } from './fifo.ts';
import type { WaitOptions } from './suspension.ts';
import { WaitQueue } from './wait-queue.ts';

/** Options of {@link Queue}. */
export interface QueueOptions {
  /** How many items fit; `put()` waits while it is full. Default: any number. */
  maxSize?: number | undefined;
}

/**
 * Hands items from those who put to those who get, in order; both sides are served first come,
 * first served. Counterpart: `asyncio.Queue`.
 *
 * A cancelled `get()` takes no item and a cancelled `put()` adds none: an item handed over counts as
 * got, and a cancellation that comes after is for the task's next wait.
 */
export class Queue<T> {
  /** How many items fit. */
  readonly maxSize: number;
  readonly #items = new Fifo<T>();
  /** Only while there are no items. */
  readonly #getters = new WaitQueue<T>();
  /** Only while it is full. Each brings its item along, so that its turn needs no second step. */
  readonly #putters = new WaitQueue<void, T>();

  /** @throws RangeError when `maxSize` is neither a whole number ≥ 1 nor Infinity */
  constructor({ maxSize = Number.POSITIVE_INFINITY }: QueueOptions = {}) {
    if (!(maxSize >= 1 && (Number.isInteger(maxSize) || maxSize === Number.POSITIVE_INFINITY))) {
      throw new RangeError(`a queue's maxSize must be a whole number >= 1, not ${maxSize}`);
    }
    this.maxSize = maxSize;
  }

  /** How many items are in it. */
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
   * @throws the task's CancelledError, or the signal's reason; the item is not added then
   */
  put(item: T, options: WaitOptions = {}): Promise<void> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    return this.tryPut(item) ? Promise.resolve() : this.#putters.wait(item, options);
  }

  /**
   * Takes the oldest item, once there is one.
   * @throws the task's CancelledError, or the signal's reason; no item is taken then
   */
  get(options: WaitOptions = {}): Promise<T> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    return this.empty ? this.#getters.wait(undefined, options) : Promise.resolve(this.#take());
  }

  /** Adds `item` if there is room now. @returns whether there was */
  tryPut(item: T): boolean {
    if (this.full) return false;
    // Getters wait only while there is nothing else to get, so the first of them is next.
    if (!this.#getters.next(item)) this.#items.put(item);
    return true;
  }

  /** The oldest item, or undefined when there is none now. (`empty` tells, should items be so.) */
  tryGet(): T | undefined {
    return this.empty ? undefined : this.#take();
  }

  /** For example `<Queue size=3 maxSize=10>`. */
  toString(): string {
    const limit = this.maxSize === Number.POSITIVE_INFINITY ? '' : ` maxSize=${this.maxSize}`;
    return `<Queue size=${this.size}${limit}>`;
  }

  #take(): T {
    const item = this.#items.take();
    if (this.#putters.size > 0) {
      this.#items.put(this.#putters.brought as T);
      this.#putters.next();
    }
    return item;
  }
}
