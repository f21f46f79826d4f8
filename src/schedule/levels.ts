/** Where one thing stands in {@link Levels}. Made once for it, and moved. */
export class Place<T> {
  readonly of: T;
  /** -1 while it stands nowhere. @internal */
  level = -1;
  /** @internal */
  before: Place<T> | undefined;
  /** @internal */
  after: Place<T> | undefined;

  constructor(of: T) {
    this.of = of;
  }
}

interface Line<T> {
  first: Place<T> | undefined;
  last: Place<T> | undefined;
}

/**
 * Things in lines by level, a small whole number. The first of the lowest level is next. Each step
 * takes constant time, as long as levels change by little.
 */
export class Levels<T> {
  readonly #lines: Line<T>[] = [];
  /** There is nothing below. */
  #lowest = 0;

  /** The first of the lowest level; undefined when there is nothing. */
  first(): T | undefined {
    for (; this.#lowest < this.#lines.length; this.#lowest++) {
      const place = this.#lines[this.#lowest]?.first;
      if (place !== undefined) return place.of;
    }
    return undefined;
  }

  /** Puts it at the end of the line of `level`, wherever it was before. */
  put(place: Place<T>, level: number): void {
    this.remove(place);
    while (this.#lines.length <= level) this.#lines.push({ first: undefined, last: undefined });
    const line = this.#lines[level] as Line<T>;
    place.level = level;
    place.before = line.last;
    if (line.last === undefined) line.first = place;
    else line.last.after = place;
    line.last = place;
    if (level < this.#lowest) this.#lowest = level;
  }

  /** Takes it out, if it is in. */
  remove(place: Place<T>): void {
    if (place.level < 0) return;
    const line = this.#lines[place.level] as Line<T>;
    const { before, after } = place;
    if (before === undefined) line.first = after;
    else before.after = after;
    if (after === undefined) line.last = before;
    else after.before = before;
    place.before = place.after = undefined;
    place.level = -1;
  }
}
