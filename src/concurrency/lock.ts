import type { Future } from './future.ts';
import { Inspectable } from './inspectable.ts';
import { type Permit, Semaphore } from './semaphore.ts';
import type { WaitOptions } from './suspension.ts';

/** What {@link Lock} and `Condition` show of themselves. */
export abstract class Lockable extends Inspectable {
  /** Whether the lock is held, so that `acquire()` would have to wait. */
  abstract get locked(): boolean;

  /** How many calls wait in the queue. */
  abstract get waiting(): number;

  /** For example `<Lock locked waiting=2>`. */
  protected override describe(): string[] {
    const words = [this.locked ? 'locked' : 'unlocked'];
    if (this.waiting > 0) words.push(`waiting=${this.waiting}`);
    return words;
  }
}

/**
 * Lets one holder in at a time, first come, first served: for what a task does over several waits
 * and others must not see half done. Counterpart: `asyncio.Lock`; its permit is an object here, so
 * that only its holder can release it.
 *
 * @example
 * ```ts
 * using permit = await lock.acquire();
 * ```
 */
export class Lock extends Lockable {
  readonly #semaphore = new Semaphore(1);

  override get locked(): boolean {
    return this.#semaphore.locked;
  }

  /** How many calls of `acquire()` wait. */
  override get waiting(): number {
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
}
