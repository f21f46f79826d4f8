import { withoutCredentials } from './without-credentials.ts';

/** One row of the input: what to download. */
export interface Item extends RowDetails {
  /** Its place in the input, from 0. */
  readonly index: number;
  readonly url: string;
}

/** What a row may have besides its URL. */
export interface RowDetails {
  /** The file name asked for; without one, the URL's own is used. */
  readonly name?: string | undefined;
  /** Other URLs of the same file, tried when the first one fails. */
  readonly mirrors?: readonly string[] | undefined;
  /** The directory for the file, within that of the run. */
  readonly directory?: string | undefined;
  /** Request headers for this row alone. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The checksum that the file must have. */
  readonly checksum?: Checksum | undefined;
  /** The other columns of the row, by name. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** The key of the row in a ledger, for a row that comes from one. */
  readonly key?: string | undefined;
  /** What is wrong with a row that cannot be downloaded at all. */
  readonly problem?: Error | undefined;
}

/** The expected checksum of a file. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Lower-case hex. */
  readonly hex: string;
}

/** A row as a caller gives it: a URL, or an object with a URL and details. */
export type Row = string | URL | ({ readonly url: string | URL } & RowDetails);

/** A caller's row as the item at `index` of the input. */
export function itemOf(row: Row, index: number): Item {
  if (typeof row === 'string' || row instanceof URL) return { index, url: String(row) };
  return { ...row, index, url: String(row.url) };
}

/** The name of an item in messages: its file name, or its URL without user and password. */
export function labelOf(item: Item): string {
  return item.name ?? withoutCredentials(item.url);
}
