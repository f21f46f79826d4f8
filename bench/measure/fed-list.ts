import { Readable } from 'node:stream';
import type { Block } from '../servers/tiny-urls.ts';

/** A list for a program's stdin that counts the rows which the program has read. */
export class FedList {
  readonly stdin: Readable;
  #rows = 0;

  constructor(blocks: Iterable<Block>) {
    // One block at a time: blocks that are buffered here would count as read.
    this.stdin = Readable.from(this.#feed(blocks), { highWaterMark: 1 });
  }

  /** Rows that the program has read, give or take the content of a pipe. */
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
