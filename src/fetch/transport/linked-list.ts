/**
 * What stands in a {@link LinkedList} for a value. It is made once for each value, so that joining and
 * leaving lists allocates nothing.
 */
export class LinkedEntry<T> {
  readonly value: T;
  /** The list that it is in. Changed by the list only, as are its neighbours. */
  list: LinkedList<T> | undefined;
  previous: LinkedEntry<T> | undefined;
  following: LinkedEntry<T> | undefined;

  constructor(value: T) {
    this.value = value;
  }
}

/** A list that any entry can leave in constant time, from wherever it stands. */
export class LinkedList<T> {
  #first: LinkedEntry<T> | undefined;
  #last: LinkedEntry<T> | undefined;

  /** The entry that has been in the list for longest. */
  get first(): LinkedEntry<T> | undefined {
    return this.#first;
  }

  /** The entry that was appended last. */
  get last(): LinkedEntry<T> | undefined {
    return this.#last;
  }

  /** @param entry in no list */
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

  /** Takes out the entry that has been in the list for longest. */
  take(): LinkedEntry<T> | undefined {
    const entry = this.#first;
    if (entry !== undefined) this.remove(entry);
    return entry;
  }
}
