import { naturalOrder, type Ordered } from './natural-order.ts';
import { Queue, type QueueOptions } from './queue.ts';
import { type Compare, StableHeap } from './stable-heap.ts';

/** Options of {@link PriorityQueue}. */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /**
   * Which of two items goes first: negative when `a` does, positive when `b` does, 0 when they are
   * equal, as for `Array.sort()`.
   * @default the order of numbers, bigints, strings and dates; of arrays of them, as of Python's
   *   tuples, the first element that differs decides
   */
  compare?: Compare<T> | undefined;
}

/**
 * A {@link Queue} that gives the smallest item first, and of equal ones the one put first. A waiting
 * `get()` gets the next item put, whatever is put after it. Counterpart: `asyncio.PriorityQueue`.
 *
 * `put()` and `get()` throw what `compare` throws: a TypeError, by default, for items that have no
 * order. The queue is as it was then.
 *
 * @example
 * ```ts
 * const queue = new PriorityQueue<[number, string]>();
 * await queue.put([2, 'later']);
 * await queue.put([1, 'first']);
 * await queue.get(); // [1, 'first']
 *
 * const jobs = new PriorityQueue<Job>({ compare: (a, b) => a.priority - b.priority });
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  /** @throws TypeError and RangeError as `new Queue()` does */
  constructor(options: PriorityQueueOptions<T> & { compare: Compare<T> });
  // Objects have no order of their own, so for them the compiler asks for `compare`.
  constructor(...options: [T] extends [Ordered] ? [options?: PriorityQueueOptions<T>] : [never]);
  constructor(options: PriorityQueueOptions<T> = {}) {
    super(options, new StableHeap(options?.compare ?? naturalOrder));
  }

  override get [Symbol.toStringTag](): string {
    return 'PriorityQueue';
  }
}
