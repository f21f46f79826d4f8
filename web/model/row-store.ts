import type { RowColumns } from '../../src/report/page/page-data.ts';
import { emptyColumns } from '../../src/report/page/row-columns.ts';
import { hostOf } from './host-of.ts';

type Growing = { [Column in keyof RowColumns]: RowColumns[Column][number][] };

/** Rows as columns: making an object for each of 100,000 rows would take longer than showing them. */
export interface Rows extends RowColumns {
  readonly length: number;
  /** Element i is the host of row i. */
  readonly host: readonly string[];
}

/** The rows so far. */
export class RowStore {
  readonly #columns: Growing;
  readonly #host: string[] = [];

  constructor(columns: RowColumns = emptyColumns()) {
    // Not copied: they come out of JSON, and have no other user.
    this.#columns = columns as Growing;
    this.#addHosts();
  }

  /**
   * Adds rows, the first of which is the `from`th. After a lost connection the server may send some rows
   * again: they replace those that were there.
   */
  put(from: number, columns: RowColumns): void {
    const kept = Math.min(from, this.#host.length);
    this.#host.length = kept;
    for (const name of Object.keys(this.#columns) as (keyof RowColumns)[]) {
      const column: unknown[] = this.#columns[name];
      column.length = kept;
      // One by one: as arguments of push, so many would be more than the stack holds.
      for (const value of columns[name]) column.push(value);
    }
    this.#addHosts();
  }

  get length(): number {
    return this.#host.length;
  }

  /** The same arrays each time, in an object that is another one each time: something has changed. */
  get rows(): Rows {
    return { ...this.#columns, host: this.#host, length: this.#host.length };
  }

  #addHosts(): void {
    const { url } = this.#columns;
    for (let i = this.#host.length; i < url.length; i++) this.#host.push(hostOf(url[i] ?? ''));
  }
}
