import type { KnownRow } from '../record.ts';
import { type KnownChunk, rowAt } from './known-chunk.ts';

/** Where the records come from, in the order of the last list. */
export interface ChunkSource extends AsyncDisposable {
  /** The next chunk, if there is one already; undefined when it has yet to come. */
  poll(): KnownChunk | 'end' | undefined;
  /** The next chunk, however long it takes. */
  take(): KnownChunk | 'end';
  /** Resolves when there is something to {@link poll}. */
  arrival(): Promise<void>;
  /** What comes next is what followed the row with this id. */
  seek(id: number): void;
}

/** So many rows may be gone from the list in one place without a lookup. */
const REACH = 16;

/** Rows in a row that were found elsewhere, one after another: there is where to go on. */
const STRAYS = 3;

/** Rows that a move must have been good for: after another, the next needs twice as many strays. */
const WORTH_IT = 100;

/**
 * The records of earlier runs, lined up in the order of the last list. A list is mostly in the order
 * of last time, so the next row's record is mostly the first in line, and needs no lookup.
 */
export class Lineup implements AsyncDisposable {
  readonly #source: ChunkSource;
  readonly #chunks: KnownChunk[] = [];
  /** The first in line, in the first chunk. */
  #at = 0;
  #isAtEnd = false;
  /** Rows in a row that were found elsewhere, one after another, and the last of them. */
  #strays = 0;
  #lastStray = 0;
  #patience = STRAYS;
  /** Rows taken out of the line since it was last moved. */
  #taken = WORTH_IT;

  constructor(source: ChunkSource) {
    this.#source = source;
  }

  /** There is nobody in line any more, and nobody will come. */
  get isAtEnd(): boolean {
    return this.#isAtEnd && this.#first === undefined;
  }

  /** @returns undefined when {@link take} need not wait, else what resolves when it need not */
  ready(): Promise<void> | undefined {
    if (this.#first !== undefined || this.#isAtEnd) return undefined;
    if (this.#loaded(this.#source.poll()) || this.#isAtEnd) return undefined;
    return this.#source.arrival();
  }

  /**
   * Takes the row with this URL and name out of the line, if it is one of the first. Those before it
   * are out then, too: they seem to be gone from the list.
   * @param accepts says whether it is to be taken
   */
  take(
    url: string,
    name: string | null,
    accepts: (row: KnownRow) => boolean,
  ): KnownRow | undefined {
    if (this.#first === undefined && !this.#isAtEnd) this.#loaded(this.#source.take());
    let at = this.#at;
    let index = 0;
    for (let looked = 0; looked < REACH; looked++, at++) {
      let chunk = this.#chunks[index];
      if (chunk !== undefined && at >= chunk.urls.length) {
        if (this.#chunks.length === index + 1 && !this.#isAtEnd) this.#loaded(this.#source.poll());
        chunk = this.#chunks[++index];
        at = 0;
      }
      if (chunk === undefined) return undefined;
      if (chunk.urls[at] !== url || chunk.names[at] !== name) continue;
      const row = rowAt(chunk, at);
      if (!accepts(row)) continue;
      this.#goOn(index, at + 1);
      this.#taken++;
      return row;
    }
    return undefined;
  }

  /** The next row of the list was found elsewhere, under this id. */
  missed(id: number): void {
    this.#strays = id === this.#lastStray + 1 ? this.#strays + 1 : 1;
    this.#lastStray = id;
    if (this.#strays < this.#patience) return;
    this.#patience = this.#taken >= WORTH_IT ? STRAYS : this.#patience * 2;
    this.#strays = 0;
    this.#taken = 0;
    for (const [index, { ids }] of this.#chunks.entries()) {
      const at = ids.indexOf(id);
      if (at === -1) continue;
      this.#goOn(index, at + 1);
      return;
    }
    this.#chunks.length = 0;
    this.#isAtEnd = false;
    this.#source.seek(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }

  /** The chunk with the first in line. */
  get #first(): KnownChunk | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined || this.#at < chunk.urls.length) return chunk;
    this.#goOn(1, 0);
    return this.#chunks[0];
  }

  #goOn(index: number, at: number): void {
    if (index > 0) this.#chunks.splice(0, index);
    this.#at = at;
  }

  /** @returns whether there is a chunk more */
  #loaded(chunk: KnownChunk | 'end' | undefined): boolean {
    if (chunk === 'end') this.#isAtEnd = true;
    if (chunk === undefined || chunk === 'end') return false;
    if (this.#chunks.length === 0) this.#at = 0;
    this.#chunks.push(chunk);
    return true;
  }
}
