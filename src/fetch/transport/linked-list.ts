/**
 * The entry of a value in a {@link LinkedList}. It is made once for each value, so that joining and
 * leaving lists allocates nothing.
 */
export class LinkedEntry<T> {
  readonly value: T;
  /** The list that the entry is in. Only the list changes this, and the neighbours. */
  list: LinkedList<T> | undefined;
  previous: LinkedEntry<T> | undefined;
  following: LinkedEntry<T> | undefined;

  constructor(value: T) {
    this.value = value;
  }
}

/** A list that any entry can leave in constant time. */
export class LinkedList<T> {
  #first: LinkedEntry<T> | undefined;
  #last: LinkedEntry<T> | undefined;

  /** The entry that was appended first. */
  get first(): LinkedEntry<T> | undefined {
    return this.#first;
  }

  /** The entry that was appended last. */
  get last(): LinkedEntry<T> | undefined {
    return this.#last;
  }

  /** @param entry must be in no list */
  append(entry: LinkedEntry<T>): void {
    entry.list = this;
    entry.previous = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.following = entry;
    this.#last = entry;
  }

  /** @returns whether `entry` was in this list */
  remove(entry: LinkedEntry<T>): boolean {
    if (entry.list !== this) return false;
    const { previous, following } = entry;
    if (previous === undefined) this.#first = following;
    else previous.following = following;
    if (following === undefined) this.#last = previous;
    else following.previous = previous;
    entry.list = entry.previous = entry.following = undefined;
    return true;
  }

  /** Removes the entry that was appended first. */
  take(): LinkedEntry<T> | undefined {
    const entry = this.#first;
    if (entry !== undefined) this.remove(entry);
    return entry;
  }
}
