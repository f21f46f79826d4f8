import type { Row } from '../model/item.ts';
import { type Place, RowError } from '../model/row-error.ts';
import { printable } from '../model/safe-text.ts';
import { BadValue } from './bad-value.ts';
import { checkUrl } from './check-url.ts';

/** Turns the bad values of one list into rows with a `problem`. In strict mode it throws the problem. */
export class BadRows {
  readonly #list: string;
  readonly #strict: boolean;

  /** @param list the list's name in messages: its path, or `stdin` */
  constructor(list: string, strict: boolean) {
    this.#list = printable(list);
    this.#strict = strict;
  }

  /**
   * @param url the text in the place of the URL, even if it is no URL
   * @param column where the bad value begins, from 1
   * @throws RowError the problem itself, in strict mode
   */
  rowOf(url: string, { message, offset }: BadValue, line: number, column = 1): Row {
    return this.#rowWith(url, { list: this.#list, line, column: column + offset }, message);
  }

  /**
   * A row of a Parquet file.
   * @param row of the file, from 1
   * @param rowGroup from 1
   * @throws RowError the problem itself, in strict mode
   */
  rowInGroup(url: string, { message }: BadValue, row: number, rowGroup: number): Row {
    return this.#rowWith(url, { list: this.#list, line: row, column: 1, rowGroup }, message);
  }

  #rowWith(url: string, place: Place, message: string): Row {
    const problem = new RowError(place, message);
    if (this.#strict) throw problem;
    return { url: printable(url), problem };
  }

  /**
   * A row that consists of a URL alone.
   * @returns the URL if it is good, else a row with a `problem`
   * @param column where the URL begins, from 1
   * @throws RowError if the URL is bad, in strict mode
   */
  urlRow(url: string, line: number, column: number): Row {
    try {
      checkUrl(url);
      return url;
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      return this.rowOf(url, error, line, column);
    }
  }
}
