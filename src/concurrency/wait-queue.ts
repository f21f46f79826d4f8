import { Suspension, type WaitOptions } from './suspension.ts';

/**
 * The one queue under every primitive that makes callers wait: first come, first served, and a
 * waiter that is cancelled or aborted leaves at once, from wherever in the line it stands.
 *
 * A value goes *straight* to the waiter whose turn it is. Nothing is freed first for the waiter to
 * take later, so no newcomer can take it in between. Counterpart: trio's `ParkingLot`.
 */
export class WaitQueue<T> {
  #first: Waiter<T> | undefined;
  #last: Waiter<T> | undefined;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /**
   * Waits for a turn.
   * @returns what {@link next} or {@link all} hands over
   * @throws the task's CancelledError, or the signal's reason
   */
  wait(options: WaitOptions = {}): Promise<T> {
    const waiter = new Waiter<T>(this);
    this.#append(waiter);
    return waiter.begin(options.signal);
  }

  /**
   * Hands `value` to whoever waits longest.
   * @returns false when nobody waits, and the value stays with the caller
   */
  next(value: T): boolean {
    const waiter = this.#first;
    if (waiter === undefined) return false;
    this.remove(waiter);
    waiter.resume(value);
    return true;
  }

  /** Hands `value` to everyone who waits now. */
  all(value: T): void {
    for (let turns = this.#size; turns > 0; turns--) this.next(value);
  }

  /** Takes `waiter` out of the line, in constant time. */
  remove(waiter: Waiter<T>): void {
    const { previous, following } = waiter;
    if (previous === undefined) this.#first = following;
    else previous.following = following;
    if (following === undefined) this.#last = previous;
    else following.previous = previous;
    waiter.previous = waiter.following = undefined;
    this.#size--;
  }

  #append(waiter: Waiter<T>): void {
    waiter.previous = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.following = waiter;
    this.#last = waiter;
    this.#size++;
  }
}

class Waiter<T> extends Suspension<T> {
  previous: Waiter<T> | undefined;
  following: Waiter<T> | undefined;
  readonly #queue: WaitQueue<T>;

  constructor(queue: WaitQueue<T>) {
    super();
    this.#queue = queue;
  }

  protected override abandon(): void {
    this.#queue.remove(this);
  }
}
