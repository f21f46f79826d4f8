import { CancelledError, InvalidStateError } from './errors.ts';
import { Inspectable } from './inspectable.ts';
import { Lock } from './lock.ts';
import type { Permit } from './semaphore.ts';
import type { WaitOptions } from './suspension.ts';
import { WaitQueue } from './wait-queue.ts';
import { checkWholeNumber } from './whole-number.ts';

/** Options of {@link Condition}. */
export interface ConditionOptions {
  /**
   * The lock that protects the state. Conditions on the same state share one.
   * @default a lock of its own
   */
  lock?: Lock | undefined;
}

/** What a predicate's result is, once it is truthy. */
type Truthy<T> = Exclude<T, false | 0 | 0n | '' | null | undefined>;

/**
 * A lock whose holder can wait for a change that others make: the wait releases the lock, until one of
 * the others calls `notify()`, and takes it again. Counterpart: `asyncio.Condition`. The waits belong to
 * the permit here, so that only the holder can wait, and the block of the permit releases the lock
 * that the wait took again.
 *
 * ```ts
 * // a consumer
 * using permit = await condition.acquire();
 * await permit.waitFor(() => items.length > 0);
 * const item = items.shift();
 *
 * // a producer
 * using permit = await condition.acquire();
 * items.push(item);
 * condition.notify();
 * ```
 */
export class Condition extends Inspectable {
  readonly #lock: Lock;
  readonly #queue = new WaitQueue<void>();

  constructor({ lock = new Lock() }: ConditionOptions = {}) {
    super();
    this.#lock = lock;
  }

  /** Whether the lock is held, so that `acquire()` would have to wait. */
  get locked(): boolean {
    return this.#lock.locked;
  }

  /** How many wait to be notified. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Waits for the lock.
   * @returns the permit; the lock is held until it is released or disposed of, except while it waits
   * @throws the task's CancelledError, or the signal's reason; the place in the queue is given up
   */
  acquire(options: WaitOptions = {}): Promise<ConditionPermit> {
    return this.#lock
      .acquire(options)
      .then((permit) => new ConditionPermit(this.#lock, this.#queue, permit));
  }

  /**
   * Ends the `n` oldest waits: one by one, each when it has the lock again.
   * @param n a whole number ≥ 0
   * @throws InvalidStateError when the lock is not held
   */
  notify(n = 1): void {
    checkWholeNumber('how many to notify', n, 0);
    if (!this.locked) throw new InvalidStateError(`${this} must be held to notify`);
    for (let turns = Math.min(n, this.waiting); turns > 0; turns--) this.#queue.next();
  }

  /**
   * Ends all waits: one by one, each when it has the lock again.
   * Counterpart: `Condition.notify_all()`.
   * @throws InvalidStateError when the lock is not held
   */
  notifyAll(): void {
    this.notify(this.waiting);
  }

  override get [Symbol.toStringTag](): string {
    return 'Condition';
  }

  /** For example `<Condition locked waiting=2>`. */
  protected override describe(): string[] {
    const words = [this.locked ? 'locked' : 'unlocked'];
    if (this.waiting > 0) words.push(`waiting=${this.waiting}`);
    return words;
  }
}

/** The lock of a {@link Condition}, held until it is released, and the waits while it is held. */
export class ConditionPermit implements Permit {
  readonly #lock: Lock;
  readonly #queue: WaitQueue<void>;
  #state: 'held' | 'waiting' | 'released' = 'held';
  #permit: Permit;

  /** @internal */
  constructor(lock: Lock, queue: WaitQueue<void>, permit: Permit) {
    this.#lock = lock;
    this.#queue = queue;
    this.#permit = permit;
  }

  /**
   * Lets others have the lock until notified, and then takes it again. Check the state afterwards, or
   * use {@link waitFor}: others may have had the lock in between, and a notification that a cancelled
   * waiter passed on may come when there is nothing new.
   *
   * However the wait ends, the lock is held again. A cancellation or an abort while the lock is not free
   * yet is kept until it is; of several cancellations the last one is thrown.
   *
   * @throws the task's CancelledError, or the signal's reason; InvalidStateError when the permit was
   *   released, or waits already
   */
  async wait(options: WaitOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#mustBeHeld();
    this.#state = 'waiting';
    this.#permit.release();
    try {
      try {
        await this.#queue.wait(undefined, options);
      } finally {
        await this.#takeLock();
      }
      options.signal?.throwIfAborted();
    } catch (error) {
      // It may have been notified before it failed. So another goes on in its place, in vain at worst.
      this.#queue.next();
      throw error;
    }
  }

  /**
   * Waits until `predicate` returns something truthy, not at all when it does so now. It is called
   * with the lock held, first now, and then whenever the condition was notified.
   * Counterpart: `Condition.wait_for()`.
   *
   * @returns what `predicate` returned
   * @throws what {@link wait} throws, and what `predicate` throws, with the lock held; TypeError when
   *   `predicate` returns a promise, which would be truthy always
   */
  async waitFor<T>(predicate: () => T, options: WaitOptions = {}): Promise<Truthy<T>> {
    options.signal?.throwIfAborted();
    this.#mustBeHeld();
    for (;;) {
      const result = predicate();
      if (result instanceof Promise) throw new TypeError('the predicate must not be async');
      if (result) return result as Truthy<T>;
      await this.wait(options);
    }
  }

  /** Gives the lock back; a wait that is not over does so at its end. Doing so twice is harmless. */
  release(): void {
    if (this.#state === 'held') this.#permit.release();
    this.#state = 'released';
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #mustBeHeld(): void {
    if (this.#state === 'held') return;
    throw new InvalidStateError(
      this.#state === 'released' ? 'the permit was released' : 'the permit waits already',
    );
  }

  /** Takes the lock, whatever happens meanwhile, and throws the last cancellation after that. */
  async #takeLock(): Promise<void> {
    let cancellation: CancelledError | undefined;
    for (;;) {
      try {
        this.#permit = await this.#lock.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancellation = error;
      }
    }
    if (this.#state === 'waiting') this.#state = 'held';
    else this.#permit.release();
    if (cancellation !== undefined) throw cancellation;
  }
}
