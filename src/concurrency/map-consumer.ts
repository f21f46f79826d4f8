import type { CancelledError } from './errors.ts';
import { Future } from './future.ts';
import { keepShape } from './shapes.ts';

/** A `next()` of `mapAsCompleted` with no result ready. Cancelled, it ends when all that ran has. */
export class Consumer<R> extends Future<IteratorResult<R, undefined>> {
  readonly #cancelled: () => Promise<unknown>;
  #isCancelled = false;

  constructor(cancelled: () => Promise<unknown>) {
    super();
    this.#cancelled = cancelled;
  }

  give(result: IteratorResult<R, undefined>): void {
    if (!this.done() && !this.#isCancelled) this.setResult(result);
  }

  giveUp(error: unknown): void {
    if (!this.done() && !this.#isCancelled) this.setException(error);
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done() || this.#isCancelled) return false;
    this.#isCancelled = true;
    this.#cancelled().then(() => this.endCancelled(reason, thrown));
    return true;
  }
}

keepShape(new Consumer(() => Promise.resolve()));
