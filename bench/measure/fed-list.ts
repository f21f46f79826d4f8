import { Readable } from 'node:stream';
import type { Block } from '../servers/tiny-urls.ts';

/** A list for a program's stdin, which knows how far it has been handed over. */
export class FedList {
  readonly stdin: Readable;
  #rows = 0;

  constructor(blocks: Iterable<Block>) {
    // One block at a time: what waits here would count as handed over.
    this.stdin = Readable.from(this.#feed(blocks), { highWaterMark: 1 });
  }

  /** Rows that the program has, but for a pipe's worth. */
  get rows(): number {
    return this.#rows;
  }

  *#feed(blocks: Iterable<Block>): Generator<string> {
    for (const { rows, lines } of blocks) {
      yield lines;
      this.#rows += rows;
    }
  }
}
