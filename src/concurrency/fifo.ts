/**
 * First in, first out, both in constant time: `Array.shift()` moves everything behind it.
 *
 * @hidden
 */
export class Fifo<T> {
  #items: T[] = [];
  /** The items before this one have been taken. */
  #front = 0;

  get size(): number {
    return this.#items.length - this.#front;
  }

  put(item: T): void {
    // The first one is put by itself: pushed, it would have room for sixteen more beside it.
    if (this.#items.length === 0) this.#items = [item];
    else this.#items.push(item);
  }

  /** The oldest item. Only while `size` is not 0. */
  take(): T {
    const item = this.#items[this.#front] as T;
    this.#items[this.#front] = undefined as T;
    this.#front++;
    // Once half of it is spent, move the rest: each item is moved at most once on average.
    if (this.#front * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#front);
      this.#front = 0;
    }
    return item;
  }

  /** Puts `item` before all others. Moves them only when no item was taken from there lately. */
  putBack(item: T): void {
    if (this.#front > 0) {
      this.#front--;
      this.#items[this.#front] = item;
    } else {
      this.#items.unshift(item);
    }
  }

  clear(): void {
    this.#items = [];
    this.#front = 0;
  }
}
