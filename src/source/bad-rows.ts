import type { Row } from '../model/item.ts';
import { RowError } from '../model/row-error.ts';
import type { BadValue } from './bad-value.ts';
import { visible } from './visible.ts';

/** Makes the rows that say what is wrong with them, or, when it is to be strict, throws that. */
export class BadRows {
  readonly #list: string;
  readonly #strict: boolean;

  /** @param list what to call it: its path, or `stdin` */
  constructor(list: string, strict: boolean) {
    this.#list = visible(list);
    this.#strict = strict;
  }

  /**
   * @param url what stands there for one, for whatever it is worth
   * @param column where the bad value begins, from 1
   * @throws RowError the problem itself, when strict
   */
  rowOf(url: string, { message, offset }: BadValue, line: number, column = 1): Row {
    const place = { list: this.#list, line, column: column + offset };
    const problem = new RowError(place, message);
    if (this.#strict) throw problem;
    return { url: visible(url), problem };
  }
}
