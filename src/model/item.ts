import { withoutCredentials } from './without-credentials.ts';

/** One row of the input: what to download. */
export interface Item extends RowDetails {
  /** Its place in the input, from 0. */
  readonly index: number;
  readonly url: string;
}

/** What a row may say besides its URL. */
export interface RowDetails {
  /** The file name asked for; without one, the URL's own is used. */
  readonly name?: string | undefined;
  /** Where the same file can be had as well, should the first URL fail. */
  readonly mirrors?: readonly string[] | undefined;
  /** A directory of its own, within that of the run. */
  readonly directory?: string | undefined;
  /** Request headers of its own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the file must turn out to be. */
  readonly checksum?: Checksum | undefined;
  /** The columns of the table that the row stands in. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** What a ledger knows the row by, when it comes from one. */
  readonly key?: string | undefined;
  /** The row cannot be downloaded for what it says itself: this is what is wrong with it. */
  readonly problem?: Error | undefined;
}

/** What a file is checked against. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Lower-case hex. */
  readonly hex: string;
}

/** What a caller may give for an {@link Item}: a URL, or a URL with more about it. */
export type Row = string | URL | ({ readonly url: string | URL } & RowDetails);

/** A caller's row as the item at `index` of the input. */
export function itemOf(row: Row, index: number): Item {
  if (typeof row === 'string' || row instanceof URL) return { index, url: String(row) };
  return { ...row, index, url: String(row.url) };
}

/** How an item is called in messages: without the user and the password of its URL. */
export function labelOf(item: Item): string {
  return item.name ?? withoutCredentials(item.url);
}
