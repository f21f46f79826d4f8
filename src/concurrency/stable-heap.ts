/** Negative when `a` goes before `b`, positive when it goes behind `b`, else 0. */
export type Compare<T> = (a: T, b: T) => number;

interface Entry<T> {
  readonly item: T;
  /** Orders equal items: the lowest goes first. */
  readonly turn: number;
}

/**
 * A binary heap. The smallest item comes out first, and of equal items the one that was put first.
 *
 * An insertion or a removal makes two passes over one path of the tree. The first pass only compares, the
 * second only moves. So when a comparison throws, the heap is unchanged.
 */
export class StableHeap<T> {
  readonly #compare: Compare<T>;
  /** The parent of the entry at `n` is at `(n - 1) >> 1`, and goes before it. */
  #entries: Entry<T>[] = [];
  #lastTurn = 0;
  #firstTurn = 0;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Adds `item` behind its equals. */
  put(item: T): void {
    this.#insert({ item, turn: ++this.#lastTurn });
  }

  /** Adds `item` before its equals. */
  putBack(item: T): void {
    this.#insert({ item, turn: --this.#firstTurn });
  }

  /** The smallest item. To be called only while `size` is not 0. */
  take(): T {
    const [top] = this.#entries as [Entry<T>];
    const last = this.#entries.at(-1) as Entry<T>;
    const path = this.#pathDown(last);
    this.#entries.pop();
    if (path.length > 0) this.#shift(path, last);
    return top.item;
  }

  clear(): void {
    this.#entries = [];
  }

  #insert(entry: Entry<T>): void {
    const path = [this.#entries.length];
    for (let at = this.#entries.length; at > 0; ) {
      at = (at - 1) >> 1;
      if (!this.#before(entry, this.#entries[at] as Entry<T>)) break;
      path.push(at);
    }
    this.#shift(path, entry);
  }

  /** The places whose entries move up to close the gap at the top. `last` goes to the last of these places. */
  #pathDown(last: Entry<T>): number[] {
    const size = this.#entries.length - 1;
    if (size === 0) return [];
    const path = [0];
    for (let child = 1; child < size; child = 2 * child + 1) {
      if (child + 1 < size && this.#before(this.#at(child + 1), this.#at(child))) child++;
      if (this.#before(last, this.#at(child))) break;
      path.push(child);
    }
    return path;
  }

  /** Moves each entry on `path` to the place before it on the path, and puts `entry` at its end. */
  #shift(path: readonly number[], entry: Entry<T>): void {
    let gap = path[0] as number;
    for (const at of path.slice(1)) {
      this.#entries[gap] = this.#at(at);
      gap = at;
    }
    this.#entries[gap] = entry;
  }

  #at(index: number): Entry<T> {
    return this.#entries[index] as Entry<T>;
  }

  #before(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#compare(a.item, b.item);
    return order === 0 ? a.turn < b.turn : order < 0;
  }
}
