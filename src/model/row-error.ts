/** Where in the input a row stands. */
export interface Place {
  /** What to call the list: its path, or `stdin`. */
  readonly list: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (UTF-16 units). */
  readonly column: number;
}

/**
 * A row that cannot be downloaded for what it says itself. The message is one line,
 * `LIST:LINE:COLUMN: what is wrong`, in which nothing can steer a terminal.
 */
export class RowError extends Error {
  override readonly name = 'RowError';
  readonly reason = 'bad-row';
  readonly place: Place;

  /** @param what is wrong, in one printable line */
  constructor(place: Place, what: string) {
    super(`${place.list}:${place.line}:${place.column}: ${what}`);
    this.place = place;
  }
}
