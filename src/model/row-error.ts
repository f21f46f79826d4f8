/** The position of a row in its list. */
export interface Place {
  /** The path of the list, or `stdin`. */
  readonly list: string;
  /** From 1. In a Parquet file, which row of the file it is. */
  readonly line: number;
  /** From 1, in characters (UTF-16 units). In a Parquet file it is 1. */
  readonly column: number;
  /** Of a Parquet file: which row group the row is in, from 1. */
  readonly rowGroup?: number | undefined;
}

/**
 * A row that is wrong itself. The message is one printable line, `LIST:LINE:COLUMN: what is wrong`, or
 * `LIST: row N (row group G): what is wrong`, without control characters.
 */
export class RowError extends Error {
  override readonly name = 'RowError';
  readonly reason = 'bad-row';
  readonly place: Place;

  /** @param what is wrong, in one printable line */
  constructor(place: Place, what: string) {
    super(`${textOf(place)}: ${what}`);
    this.place = place;
  }
}

function textOf({ list, line, column, rowGroup }: Place): string {
  if (rowGroup === undefined) return `${list}:${line}:${column}`;
  return `${list}: row ${line} (row group ${rowGroup})`;
}
