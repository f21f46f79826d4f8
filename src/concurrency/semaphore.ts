import type { Future } from './future.ts';
import { Inspectable } from './inspectable.ts';
import { keepShape } from './shapes.ts';
import type { WaitOptions } from './suspension.ts';
import { WaitQueue } from './wait-queue.ts';
import { checkWholeNumber } from './whole-number.ts';

/** The right to go ahead, until it is released. Disposable: `using permit = await sem.acquire()`. */
export interface Permit extends Disposable {
  /** Gives the permit back. Doing so twice is harmless. */
  release(): void;
}

/** Gives one permit of `semaphore` back. */
let giveBack: (semaphore: Semaphore) => void;

/**
 * Gives out at most `limit` permits at a time, first come, first served.
 * Counterpart: `asyncio.Semaphore`; its permit is an object here, so that only its
 * holder can release it.
 *
 * @example
 * ```ts
 * const semaphore = new Semaphore(10);
 * using permit = await semaphore.acquire();
 * ```
 */
export class Semaphore extends Inspectable {
  #limit: number;
  #held = 0;
  readonly #queue = new WaitQueue<Permit>(release);

  /** @throws TypeError when `limit` is no number; RangeError when it is no whole number ≥ 0 */
  constructor(limit: number) {
    super();
    this.#limit = checkLimit(limit);
  }

  /** How many permits there are. */
  get limit(): number {
    return this.#limit;
  }

  /** How many permits are held. More than `limit` for a while after a resize to fewer. */
  get held(): number {
    return this.#held;
  }

  /** How many calls of `acquire()` wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether `acquire()` would have to wait. Counterpart: `Semaphore.locked()`. */
  get locked(): boolean {
    return this.#held >= this.#limit;
  }

  /**
   * Waits for a permit.
   * @throws the task's CancelledError, or the signal's reason; the place in the queue is given up,
   *   and a permit that was on its way is not lost
   */
  acquire(options: WaitOptions = {}): Future<Permit> {
    const permit = options.signal?.aborted ? undefined : this.tryAcquire();
    if (permit === undefined) return this.#queue.wait(undefined, options);
    return this.#queue.ready(permit);
  }

  /** A permit if one is free now, else undefined. */
  tryAcquire(): Permit | undefined {
    // No call waits while a permit is free: release() and resize() hand permits over at once.
    if (this.locked) return undefined;
    this.#held++;
    return new HeldPermit(this);
  }

  /**
   * Changes the limit while in use. A higher one lets waiters in at once; a lower one takes effect
   * as permits come back, and takes none away.
   * @throws TypeError when `limit` is no number; RangeError when it is no whole number ≥ 0
   */
  resize(limit: number): void {
    this.#limit = checkLimit(limit);
    while (!this.locked && this.#queue.size > 0) this.#letNextIn();
  }

  override get [Symbol.toStringTag](): string {
    return 'Semaphore';
  }

  /** For example `<Semaphore held=5 limit=5 waiting=2>`. */
  protected override describe(): string[] {
    const words = [`held=${this.held}`, `limit=${this.limit}`];
    if (this.waiting > 0) words.push(`waiting=${this.waiting}`);
    return words;
  }

  static {
    giveBack = (semaphore) => semaphore.#takeBack();
  }

  #takeBack(): void {
    this.#held--;
    if (!this.locked && this.#queue.size > 0) this.#letNextIn();
  }

  #letNextIn(): void {
    this.#held++;
    this.#queue.next(new HeldPermit(this));
  }
}

/**
 * A permit knows its semaphore. A closure of the semaphore in its place would be another function for
 * each, and V8 would compile the code around the call anew when one was collected as garbage.
 */
class HeldPermit implements Permit {
  #semaphore: Semaphore | undefined;

  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  release(): void {
    const semaphore = this.#semaphore;
    this.#semaphore = undefined;
    if (semaphore !== undefined) giveBack(semaphore);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function release(permit: Permit): void {
  permit.release();
}

function checkLimit(limit: number): number {
  return checkWholeNumber("a semaphore's limit", limit, 0);
}

const sample = new Semaphore(1);
keepShape(sample);
keepShape(new HeldPermit(sample));
