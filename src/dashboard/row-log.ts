import type { RowRecord } from '../model/row-fields.ts';
import type { RowColumns } from '../report/page/page-data.ts';
import { type Placed, RowColumnsBuilder } from '../report/page/row-columns.ts';

/** Rows of a chunk, at most: they are made ready for viewers together. */
const CHUNK = 500;

/** Rows one after another, as they are sent. */
interface Chunk {
  /** The number of rows before it. */
  readonly first: number;
  readonly rows: number;
  /** RowColumns as JSON: a Buffer is outside the heap that V8 collects. */
  readonly json: Buffer;
}

/** Some rows of the log. */
export interface RowBatch {
  readonly json: Buffer;
  /** The number of rows up to and including its last. */
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

  /** Some of the rows after the first `position`; undefined when there are no more. */
  after(position: number): RowBatch | undefined {
    if (position >= this.length) return undefined;
    if (position >= this.#indexes.length) this.#seal();
    const { first, rows, json } = this.#chunkOf(position);
    const next = first + rows;
    if (position === first) return { json, next };
    // A viewer that lost its connection is back in the middle of a chunk.
    const columns = JSON.parse(json.toString()) as RowColumns;
    const rest = Object.entries(columns).map(([name, all]) => [name, all.slice(position - first)]);
    return { json: Buffer.from(JSON.stringify(Object.fromEntries(rest))), next };
  }

  /** The path of a row's file, relative to the directory; undefined when there is no file. */
  pathOf(index: number): string | undefined {
    if (this.#open.length > 0) this.#seal();
    const position = this.#indexes.indexOf(index);
    if (position < 0) return undefined;
    const { first, json } = this.#chunkOf(position);
    const columns = JSON.parse(json.toString()) as RowColumns;
    return columns.path[position - first] || undefined;
  }

  /** The chunk with the row at `position`: the last one that does not begin after it. */
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
