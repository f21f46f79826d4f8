import { Fifo, WaitQueue } from '../concurrency/index.ts';
import type { Admission } from './origin-queue.ts';

/** A row that has left the admission queue. */
export interface Admitted<Row> {
  readonly row: Row;
  /** A permit for its first request, or why there is none; undefined when the queue was stopped. */
  readonly admission: Admission | undefined;
}

/** Rows on their way from the admission queue to the workers: each goes to one of them, in order. */
export class AdmittedRows<Row> {
  /** Rows that came while no worker waited. */
  readonly #rows = new Fifo<Admitted<Row>>();
  readonly #workers = new WaitQueue<Admitted<Row> | undefined>();
  #isOver = false;

  put(row: Admitted<Row>): void {
    if (!this.#workers.next(row)) this.#rows.put(row);
  }

  /** The next row, if there is one now. */
  take(): Admitted<Row> | undefined {
    return this.#rows.size > 0 ? this.#rows.take() : undefined;
  }

  /**
   * Waits for the next row.
   * @returns undefined once {@link end} was called and every row was taken
   * @throws (rejects) the task's CancelledError
   */
  next(): Promise<Admitted<Row> | undefined> {
    if (this.#rows.size > 0) return Promise.resolve(this.#rows.take());
    return this.#isOver ? Promise.resolve(undefined) : this.#workers.wait(undefined);
  }

  /** No more rows come. The workers that wait get undefined. */
  end(): void {
    this.#isOver = true;
    this.#workers.all(undefined);
  }
}
