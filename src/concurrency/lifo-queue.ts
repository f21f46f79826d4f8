import { Queue, type QueueOptions, type QueueStorage } from './queue.ts';

/**
 * A {@link Queue} that gives the item put last first. Counterpart: `asyncio.LifoQueue`.
 *
 * @example
 * ```ts
 * const queue = new LifoQueue<string>();
 * for (const name of ['a', 'b']) await queue.put(name);
 * await queue.get(); // 'b'
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  /** @throws TypeError and RangeError as `new Queue()` does */
  constructor(options?: QueueOptions) {
    super(options, new Stack());
  }

  override get [Symbol.toStringTag](): string {
    return 'LifoQueue';
  }
}

class Stack<T> implements QueueStorage<T> {
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  put(item: T): void {
    this.#items.push(item);
  }

  putBack(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    return this.#items.pop() as T;
  }

  clear(): void {
    this.#items = [];
  }
}
