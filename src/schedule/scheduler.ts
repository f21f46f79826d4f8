import { type Permit, Semaphore } from '../concurrency/semaphore.ts';
import type { WaitOptions } from '../concurrency/suspension.ts';
import { OriginHolds } from './origin-holds.ts';

/** What a {@link Scheduler} goes by. */
export interface SchedulerOptions {
  /** At most this many requests in flight at a time, over all origins. */
  readonly maxRequests: number;
  /** A clock in ms that never goes back; a test has its own. */
  readonly now?: (() => number) | undefined;
}

/** Says who may start next: in the order of the list, as soon as there is room. */
export class Scheduler {
  readonly #requests: Semaphore;
  readonly #holds: OriginHolds;

  /** @throws RangeError when `maxRequests` is no whole number ≥ 1 */
  constructor({ maxRequests, now = () => performance.now() }: SchedulerOptions) {
    if (maxRequests < 1) throw new RangeError(`maxRequests must be >= 1, not ${maxRequests}`);
    this.#requests = new Semaphore(maxRequests);
    this.#holds = new OriginHolds(now);
  }

  /**
   * Waits until one more request to `origin` may start. Hold the permit while it is in flight, no
   * longer: neither saving nor waiting for another try is load on the server.
   * @throws the task's CancelledError, or the signal's reason
   */
  async admit(origin: string, options: WaitOptions): Promise<Permit> {
    for (;;) {
      await this.#holds.released(origin, options);
      const permit = await this.#requests.acquire(options);
      if (this.#holds.remaining(origin) === 0) return permit;
      // While this one waited for its turn, the origin asked to be left alone.
      permit.release();
    }
  }

  /** `origin` asked to be left alone for `ms`: nobody is admitted to it until then. */
  holdBack(origin: string, ms: number): void {
    this.#holds.hold(origin, ms);
  }
}
