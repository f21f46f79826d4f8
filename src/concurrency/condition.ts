import { currentTask } from './create-task.ts';
import { type CancelledError, InvalidStateError } from './errors.ts';
import { type DoneObserver, Future } from './future.ts';
import { Lock, Lockable } from './lock.ts';
import type { Permit } from './semaphore.ts';
import type { WaitOptions } from './suspension.ts';
import { Task } from './task.ts';
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
 * @example
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
export class Condition extends Lockable {
  readonly #lock: Lock;
  /** A notification whose waiter is cancelled in the same turn is for the next one. */
  readonly #queue: WaitQueue<void> = new WaitQueue<void>(() => this.#queue.next());

  constructor({ lock = new Lock() }: ConditionOptions = {}) {
    super();
    this.#lock = lock;
  }

  override get locked(): boolean {
    return this.#lock.locked;
  }

  /** How many waits are not notified so far. */
  override get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Waits for the lock.
   * @returns the permit; the lock is held until it is released or disposed of, except while it waits
   * @throws the task's CancelledError, or the signal's reason; the place in the queue is given up
   */
  acquire(options: WaitOptions = {}): Future<ConditionPermit> {
    return new Acquisition(this.#lock, this.#queue, options);
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
}

/** The wait for the lock, as a wait for the permit of the condition. */
class Acquisition extends Future<ConditionPermit> implements DoneObserver {
  readonly #lock: Lock;
  readonly #queue: WaitQueue<void>;
  readonly #wait: Future<Permit>;

  constructor(lock: Lock, queue: WaitQueue<void>, options: WaitOptions) {
    super();
    this.#lock = lock;
    this.#queue = queue;
    this.#wait = lock.acquire(options);
    if (this.#wait.done()) this.resumeFrom();
    else this.#wait.observe(this);
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (!this.#wait.done()) this.#wait.unobserve(this);
    this.#wait.interrupt(reason);
    return super.interrupt(reason, thrown);
  }

  resumeFrom(): void {
    try {
      this.setResult(new ConditionPermit(this.#lock, this.#queue, this.#wait.result()));
    } catch (error) {
      this.setException(error);
    }
  }

  override get isReturnable(): boolean {
    return true;
  }

  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.result().release();
  }
}

/** The lock of a {@link Condition}, held until it is released, and the waits while it is held. */
export class ConditionPermit implements Permit {
  readonly #lock: Lock;
  readonly #queue: WaitQueue<void>;
  /** A notification that meets a cancellation is passed on. */
  readonly #asWait = { isEager: true, giveBack: () => void this.#queue.next() };
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
  wait(options: WaitOptions = {}): Future<void> {
    return new Task(() => this.#wait(options), { name: 'Condition.wait' }, this.#asWait);
  }

  async #wait(options: WaitOptions): Promise<void> {
    options.signal?.throwIfAborted();
    this.#mustBeHeld();
    this.#state = 'waiting';
    this.#permit.release();
    let isNotified = false;
    try {
      try {
        await this.#queue.wait(undefined, options);
        isNotified = true;
      } finally {
        await this.#takeLock();
      }
      // One that came when the lock was free has met no wait that could show it.
      currentTask()?.throwPendingCancellation();
      options.signal?.throwIfAborted();
    } catch (error) {
      if (isNotified) this.#queue.next();
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
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Future<Truthy<T>> {
    const wait = () => this.#waitFor(predicate, options);
    return new Task(wait, { name: 'Condition.waitFor' }, this.#asWait);
  }

  async #waitFor<T>(predicate: () => T, options: WaitOptions): Promise<Truthy<T>> {
    options.signal?.throwIfAborted();
    this.#mustBeHeld();
    for (;;) {
      const result = predicate();
      if (result instanceof Promise) throw new TypeError('the predicate must not be async');
      if (result) return result as Truthy<T>;
      await this.#wait(options);
    }
  }

  /** Gives the lock back; a wait that is not over does so at its end. Doing so twice is harmless. */
  release(): void {
    if (this.#state === 'held') this.#permit.release();
    this.#state = 'released';
  }

  /** Releases the permit. */
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
    let cancellation: { readonly error: unknown } | undefined;
    for (;;) {
      try {
        this.#permit = await this.#lock.acquire();
        break;
      } catch (error) {
        cancellation = { error };
      }
    }
    if (this.#state === 'waiting') this.#state = 'held';
    else this.#permit.release();
    if (cancellation !== undefined) throw cancellation.error;
  }
}
