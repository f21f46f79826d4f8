import { asyncContext } from '../concurrency/index.ts';
import type { Row } from '../model/item.ts';
import { isCancelled } from './stop.ts';

/** The source of a run's rows. It is read to its end, or closed. */
export class RowSource {
  readonly #batches: AsyncIterator<Iterable<Row>, void>;
  /** Whether it has come to its end or has failed: it needs no closing then. */
  #isOver = false;
  #isAsked = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(batches: AsyncIterator<Iterable<Row>, void>) {
    this.#batches = batches;
  }

  /** Whether it has been asked for a batch and has not answered. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Whether the source itself has thrown `error`: here, or from a batch. */
  hasThrown(error: unknown): boolean {
    return this.#failure !== undefined && this.#failure.error === error;
  }

  /** @returns undefined at the end @throws what the source throws; the task's CancelledError */
  async next(): Promise<Iterable<Row> | undefined> {
    this.#isAsked = true;
    try {
      const { done = false, value } = await this.#batches.next();
      this.#isOver = done;
      return value ? this.#rowsOf(value) : undefined;
    } catch (error) {
      // The wait for it may have been cancelled: then the source may have more.
      this.#isOver = !isCancelled(error);
      this.#failure = { error };
      throw error;
    } finally {
      this.#isAsked = false;
    }
  }

  *#rowsOf(batch: Iterable<Row>): Generator<Row, void, undefined> {
    try {
      yield* batch;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /**
   * Closes it, unless it is over. Outside of the task that calls, whose cancellation must not reach the
   * source's cleanup.
   * @throws what the source throws
   */
  async close(): Promise<void> {
    if (this.#isOver) return;
    await asyncContext.run(undefined, () => Promise.try(() => this.#batches.return?.()));
  }
}
