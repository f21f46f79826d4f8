import { Fifo, WaitQueue } from '../concurrency/index.ts';
import type { Outcome } from '../model/outcome.ts';

/**
 * The outcomes that the consumer of a run has not taken yet. When they are too many there is no
 * {@link room}: no more rows begin until half of them are taken.
 */
export class OutcomeQueue {
  readonly #most: number;
  readonly #outcomes = new Fifo<Outcome>();
  readonly #consumers = new WaitQueue<void>();
  /** The reader and the workers, while there is no room. */
  readonly #producers = new WaitQueue<void>();
  #isClosed = false;
  /** Whether the consumer was cancelled: there is no caller to throw a failure at. */
  #isLeft = false;
  /** The first failure. It is thrown once, after the outcomes that were ready before it. */
  #failure: { readonly error: unknown; isThrown: boolean } | undefined;

  /** @param most the most outcomes that may wait */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @returns undefined when more rows may begin, else a promise that is fulfilled once they may
   * @throws the task's CancelledError
   */
  room(): Promise<void> | undefined {
    return this.#outcomes.size < this.#most ? undefined : this.#producers.wait(undefined);
  }

  put(outcome: Outcome): void {
    this.#outcomes.put(outcome);
    this.#consumers.next();
  }

  /** The next outcome, if there is one now. */
  take(): Outcome | undefined {
    if (this.#outcomes.size === 0) return undefined;
    const outcome = this.#outcomes.take();
    if (this.#producers.size > 0 && this.#outcomes.size <= this.#most / 2) this.#producers.all();
    return outcome;
  }

  /**
   * Waits for the next outcome.
   * @returns undefined when there are no more
   * @throws the failure of the run; the task's CancelledError
   */
  async next(): Promise<Outcome | undefined> {
    for (;;) {
      const outcome = this.take();
      if (outcome !== undefined) return outcome;
      this.throwFailure();
      if (this.#isClosed) return undefined;
      try {
        await this.#consumers.wait(undefined);
      } catch (cancelled) {
        this.#isLeft = true;
        throw cancelled;
      }
    }
  }

  /** No more outcomes come. */
  close(): void {
    this.#isClosed = true;
    this.#consumers.all();
  }

  /**
   * The run failed: {@link next} throws `error` after the outcomes that are ready.
   * @returns false when `error` will not be thrown, as the run has failed before or the consumer was
   *   cancelled
   */
  fail(error: unknown): boolean {
    if (this.#isLeft) return false;
    this.#failure ??= { error, isThrown: false };
    this.close();
    return this.#failure.error === error;
  }

  /** @throws the failure of the run, unless it was thrown before */
  throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined || failure.isThrown) return;
    failure.isThrown = true;
    throw failure.error;
  }
}
