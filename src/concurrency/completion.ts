import { type DoneObserver, Future } from './future.ts';
import { keepShape } from './shapes.ts';
import { Suspension, type WaitOptions } from './suspension.ts';

/**
 * Waits until `future` is done, however it ended, without looking at its result. Unlike `await
 * future`, cancelling the waiting task does not cancel the future.
 *
 * @throws the task's CancelledError, or the signal's reason
 */
export function completion(future: Future<unknown>, options: WaitOptions = {}): Promise<void> {
  if (future.done()) return Promise.resolve();
  return new Completion(future).begin(options.signal);
}

class Completion extends Suspension<void> implements DoneObserver {
  readonly #future: Future<unknown>;

  constructor(future: Future<unknown>) {
    super();
    this.#future = future;
    future.observe(this);
  }

  resumeFrom(): void {
    this.setResult(undefined);
  }

  protected override abandon(): void {
    this.#future.unobserve(this);
  }
}

keepShape(new Completion(new Future()));
