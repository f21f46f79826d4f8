import type { Future } from './future.ts';
import { Inspectable } from './inspectable.ts';
import { type Permit, Semaphore } from './semaphore.ts';
import type { WaitOptions } from './suspension.ts';

/**
 * Lets one holder in at a time, first come, first served: for what a task does over several waits
 * and others must not see half done. Counterpart: `asyncio.Lock`; its permit is an object here, so
 * that nobody can release what they do not hold.
 *
 * ```ts
 * using permit = await lock.acquire();
 * ```
 */
export class Lock extends Inspectable {
  readonly #semaphore = new Semaphore(1);

  /** Whether somebody holds it, so that `acquire()` would have to wait. */
  get locked(): boolean {
    return this.#semaphore.locked;
  }

  /** How many wait to be let in. */
  get waiting(): number {
    return this.#semaphore.waiting;
  }

  /**
   * Waits to be let in.
   * @returns the permit; the lock is held until it is released or disposed of
   * @throws the task's CancelledError, or the signal's reason; the place in the queue is given up
   */
  acquire(options: WaitOptions = {}): Future<Permit> {
    return this.#semaphore.acquire(options);
  }

  /** A permit if the lock is free now, else undefined. */
  tryAcquire(): Permit | undefined {
    return this.#semaphore.tryAcquire();
  }

  override get [Symbol.toStringTag](): string {
    return 'Lock';
  }

  /** For example `<Lock locked waiting=2>`. */
  protected override describe(): string[] {
    const words = [this.locked ? 'locked' : 'unlocked'];
    if (this.waiting > 0) words.push(`waiting=${this.waiting}`);
    return words;
  }
}
