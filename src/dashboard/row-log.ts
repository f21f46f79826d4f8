import type { RowRecord } from '../model/row-fields.ts';
import type { RowColumns } from '../report/page/page-data.ts';
import { type Placed, RowColumnsBuilder } from '../report/page/row-columns.ts';

/** Rows of a chunk, at most: what is made ready for viewers at a time. */
const CHUNK = 500;

/** Rows one after another, as they are sent. */
interface Chunk {
  /** How many rows there were before it. */
  readonly first: number;
  readonly rows: number;
  /** RowColumns as JSON: as bytes, it takes no room among the objects that are collected. */
  readonly json: Buffer;
}

/** Some rows of the log. */
export interface RowBatch {
  readonly json: Buffer;
  /** How many rows there are up to and including its last. */
  readonly next: number;
}

/** The rows of a run that are kept for viewers, in the order in which they ended. */
export class RowLog {
  readonly #chunks: Chunk[] = [];
  /** The place in the list of each row in the chunks. */
  readonly #indexes: number[] = [];
  #open = new RowColumnsBuilder();

  /** How many rows there are. */
  get length(): number {
    return this.#indexes.length + this.#open.length;
  }

  add(row: RowRecord, placed: Placed): void {
    this.#open.add(row, placed);
    if (this.#open.length === CHUNK) this.#seal();
  }

  /** The rows after the first `position`, or the first of them; undefined when there are none. */
  after(position: number): RowBatch | undefined {
    if (position >= this.length) return undefined;
    if (position >= this.#indexes.length) this.#seal();
    const { first, rows, json } = this.#chunkOf(position);
    const next = first + rows;
    if (position === first) return { json, next };
    // Somebody who was cut off is back: the rest of a chunk.
    const columns = JSON.parse(json.toString()) as RowColumns;
    const rest = Object.entries(columns).map(([name, all]) => [name, all.slice(position - first)]);
    return { json: Buffer.from(JSON.stringify(Object.fromEntries(rest))), next };
  }

  /** Where the file of a row is, relative to the directory; undefined when there is none. */
  pathOf(index: number): string | undefined {
    if (this.#open.length > 0) this.#seal();
    const position = this.#indexes.indexOf(index);
    if (position < 0) return undefined;
    const { first, json } = this.#chunkOf(position);
    const columns = JSON.parse(json.toString()) as RowColumns;
    return columns.path[position - first] || undefined;
  }

  /** The chunk that has a row: the last that does not begin after it. */
  #chunkOf(position: number): Chunk {
    let [low, high] = [0, this.#chunks.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#chunks[middle]?.first ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return this.#chunks[low] as Chunk;
  }

  #seal(): void {
    const { columns, length: rows } = this.#open;
    const json = Buffer.from(JSON.stringify(columns));
    this.#chunks.push({ first: this.#indexes.length, rows, json });
    for (const index of columns.index) this.#indexes.push(index);
    this.#open = new RowColumnsBuilder();
  }
}
