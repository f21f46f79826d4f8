/** An item's entry in a {@link BucketQueue}. It is made once for each item, and moved. */
export class Entry<T> {
  readonly of: T;
  /** The bucket that it is in; -1 for none. */
  level = -1;
  /** @internal */
  bucket: Bucket<T> | undefined;
  /** @internal */
  before: Entry<T> | undefined;
  /** @internal */
  after: Entry<T> | undefined;

  constructor(of: T) {
    this.of = of;
  }
}

interface Bucket<T> {
  first: Entry<T> | undefined;
  last: Entry<T> | undefined;
}

/**
 * A priority queue for priorities that are small whole numbers (levels): one FIFO bucket for each.
 * The first item of the lowest level is next. Each operation takes constant time, as long as levels
 * change by little. R. B. Dial, "Algorithm 360" (Communications of the ACM, 1969).
 */
export class BucketQueue<T> {
  readonly #buckets: Bucket<T>[] = [];
  /** All buckets below this one are empty. */
  #lowest = 0;

  /** The first item of the lowest level; undefined when the queue is empty. */
  first(): T | undefined {
    for (; this.#lowest < this.#buckets.length; this.#lowest++) {
      const entry = this.#buckets[this.#lowest]?.first;
      if (entry !== undefined) return entry.of;
    }
    return undefined;
  }

  /** Moves an item to the end of the bucket of `level`, wherever it was before. */
  put(entry: Entry<T>, level: number): void {
    const bucket = this.#enter(entry, level);
    entry.before = bucket.last;
    if (bucket.last === undefined) bucket.first = entry;
    else bucket.last.after = entry;
    bucket.last = entry;
  }

  /** Moves an item to the front of the bucket of `level`, wherever it was before. */
  putFirst(entry: Entry<T>, level: number): void {
    const bucket = this.#enter(entry, level);
    entry.after = bucket.first;
    if (bucket.first === undefined) bucket.last = entry;
    else bucket.first.before = entry;
    bucket.first = entry;
  }

  /** Removes an item; does nothing when it is not in the queue. */
  remove(entry: Entry<T>): void {
    const { bucket, before, after } = entry;
    if (bucket === undefined) return;
    if (before === undefined) bucket.first = after;
    else before.after = after;
    if (after === undefined) bucket.last = before;
    else after.before = before;
    entry.bucket = entry.before = entry.after = undefined;
    entry.level = -1;
  }

  /** Takes an item out of its bucket. @returns the bucket of `level`, where it belongs now */
  #enter(entry: Entry<T>, level: number): Bucket<T> {
    this.remove(entry);
    let bucket = this.#buckets[level];
    while (bucket === undefined) {
      this.#buckets.push({ first: undefined, last: undefined });
      bucket = this.#buckets[level];
    }
    entry.level = level;
    entry.bucket = bucket;
    if (level < this.#lowest) this.#lowest = level;
    return bucket;
  }
}
