import type { Readable } from 'node:stream';
import type { ListFormat } from './formats/list-format.ts';
import type { ColumnOptions } from './formats/table-columns.ts';

/** A list of what to download, and how to read it. */
export interface ListOptions extends ColumnOptions {
  /** The list's file, or `-` for `stdin`. It may be gzipped, whatever its name. */
  readonly path: string;
  /** What `-` stands for. It is destroyed when the reading ends, also early. */
  readonly stdin?: Readable | undefined;
  /** Default: what the name of the file says; lines, when it says nothing. */
  readonly format?: ListFormat | undefined;
  /**
   * A row that cannot be downloaded ends the list with its RowError. Default: it is a row with a
   * `problem`.
   */
  readonly strict?: boolean | undefined;
  /** Told, in one line, of what is read but has no effect. */
  readonly onWarning?: ((message: string) => void) | undefined;
}
