import { Suspension, type WaitOptions } from './suspension.ts';

/**
 * Waits for `ms` milliseconds. `sleep(0)` lets everything else that is ready run first.
 * Counterpart: `asyncio.sleep()`, which counts in seconds.
 *
 * @throws the task's CancelledError, or the signal's reason; the timer is cleared either way
 */
export function sleep(ms: number, options: WaitOptions = {}): Promise<void> {
  return new Sleep(ms).begin(options.signal);
}

class Sleep extends Suspension<void> {
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    super();
    this.#timer = setTimeout(() => this.resume(), ms);
  }

  protected override abandon(): void {
    clearTimeout(this.#timer);
  }
}
