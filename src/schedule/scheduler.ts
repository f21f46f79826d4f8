import { type Permit, Semaphore } from '../concurrency/semaphore.ts';
import type { WaitOptions } from '../concurrency/suspension.ts';

/** How many requests may be in flight. */
export interface SchedulerOptions {
  /** At most this many requests in flight at a time, over all origins. */
  readonly maxRequests: number;
}

/** Says who may start next: in the order of the list, as soon as there is room. */
export class Scheduler {
  readonly #requests: Semaphore;

  /** @throws RangeError when `maxRequests` is no whole number ≥ 1 */
  constructor({ maxRequests }: SchedulerOptions) {
    if (maxRequests < 1) throw new RangeError(`maxRequests must be >= 1, not ${maxRequests}`);
    this.#requests = new Semaphore(maxRequests);
  }

  /**
   * Waits until one more request may start. Hold the permit while it is in flight, no longer: what
   * comes after it, saving, is no load on the server.
   * @throws the task's CancelledError, or the signal's reason
   */
  admit(options: WaitOptions): Promise<Permit> {
    return this.#requests.acquire(options);
  }
}
