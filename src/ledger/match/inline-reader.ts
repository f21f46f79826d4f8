import type { DatabaseSync } from 'node:sqlite';
import type { KnownChunk } from './known-chunk.ts';
import type { ChunkSource } from './lineup.ts';
import { ListOrder, type ListOrderOptions } from './list-order.ts';

/** Few: a list of one row should not wait for many. */
const CHUNK = 50;

/** Reads the records of earlier runs when they are needed: for ledgers that are not worth a thread. */
export class InlineReader implements ChunkSource {
  readonly #order: ListOrder;

  constructor(database: DatabaseSync, options: ListOrderOptions) {
    this.#order = new ListOrder(database, options);
  }

  poll(): KnownChunk | 'end' {
    return this.#order.next(CHUNK) ?? 'end';
  }

  take(): KnownChunk | 'end' {
    return this.poll();
  }

  async arrival(): Promise<void> {}

  seek(id: number): void {
    this.#order.seek(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
