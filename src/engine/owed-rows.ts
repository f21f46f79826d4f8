import { WaitQueue } from '../concurrency/index.ts';

/** Counts the rows that were read and have no outcome yet, and has the reader wait when they are many. */
export class OwedRows {
  readonly #most: number;
  #count = 0;
  readonly #readers = new WaitQueue<void>();

  /** @param most as many rows may wait at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether every row that was read has its outcome. */
  get isNone(): boolean {
    return this.#count === 0;
  }

  /** A row was read. */
  add(): void {
    this.#count++;
  }

  /** A row has its outcome. */
  settle(): void {
    this.#count--;
    if (this.#readers.size > 0) this.#readers.next();
  }

  /**
   * @returns undefined when a row may be read now, else a promise that is fulfilled once one may be
   * @throws (rejects) the task's CancelledError
   */
  room(): Promise<void> | undefined {
    return this.#count < this.#most ? undefined : this.#readers.wait(undefined);
  }
}
