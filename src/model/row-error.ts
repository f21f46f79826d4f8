/** The position of a row in its list. */
export interface Place {
  /** The path of the list, or `stdin`. */
  readonly list: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (UTF-16 units). */
  readonly column: number;
}

/**
 * A row that is wrong itself. The message is one printable line, `LIST:LINE:COLUMN: what is wrong`,
 * without control characters.
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
