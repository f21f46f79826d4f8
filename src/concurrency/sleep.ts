import type { Future } from './future.ts';
import { keepShape } from './shapes.ts';
import { Suspension, type WaitOptions } from './suspension.ts';
import { Timer } from './timer.ts';

/**
 * Waits for `ms` milliseconds. `sleep(0)` lets everything else that is ready run first, and
 * `sleep(Infinity)` lasts until it is cancelled.
 * Counterpart: `asyncio.sleep()`, which counts in seconds.
 *
 * @example
 * ```ts
 * await sleep(500);
 * ```
 *
 * @param ms 0 or more; a negative number counts as 0
 * @param options a signal that ends the wait
 * @throws TypeError when `ms` is no number, RangeError when it is NaN; the task's CancelledError, or
 *   the signal's reason, and then the timer is cleared
 */
export function sleep(ms: number, options: WaitOptions = {}): Future<void> {
  return new Sleep(ms).begin(options.signal);
}

class Sleep extends Suspension<void> {
  readonly #timer: Timer;

  constructor(ms: number) {
    super();
    this.#timer = new Timer(ms, () => this.resume(undefined));
  }

  override get [Symbol.toStringTag](): string {
    return 'Sleep';
  }

  protected override abandon(): void {
    this.#timer.clear();
  }
}

const sample = new Sleep(0);
// Its timer must not keep anything waiting.
sample.cancel();
keepShape(sample);
