import { runningTask } from './async-context.ts';
import type { Future } from './future.ts';
import { keepShape } from './shapes.ts';
import { Ready, Suspension, type WaitOptions } from './suspension.ts';
import { isTurnOverdue } from './turn.ts';

/**
 * The one queue under every primitive that makes callers wait: first come, first served, and a
 * waiter that is cancelled or aborted leaves at once, from wherever in the line it stands.
 *
 * A value goes *straight* to the waiter whose turn it is. Nothing is freed first for the waiter to
 * take later, so no newcomer can take it in between. In the other direction a waiter may bring
 * something along, for the code that lets it go on. Counterpart: trio's `ParkingLot`.
 *
 * @hidden
 */
export class WaitQueue<Value, Brought = undefined> {
  #first: Waiter<Value, Brought> | undefined;
  #last: Waiter<Value, Brought> | undefined;
  #size = 0;
  readonly giveBack: ((value: Value, turn: number) => void) | undefined;

  /**
   * @param giveBack gets a value whose waiter was cancelled before it arrived, and its place among those
   *   handed over. Without it a value that
   *   was handed over has arrived
   */
  constructor(giveBack?: (value: Value, turn: number) => void) {
    this.giveBack = giveBack;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** What the longest-waiting has brought along. */
  get brought(): Brought | undefined {
    return this.#first?.brought;
  }

  /**
   * Waits for a turn.
   * @returns a future of what {@link next} or {@link all} hands over
   * @throws the task's CancelledError, or the signal's reason
   */
  wait(brought: Brought, options: WaitOptions = {}): Future<Value> {
    const waiter = new Waiter(this, brought);
    this.#append(waiter);
    return waiter.begin(options.signal);
  }

  /**
   * A wait that needs no turn: `value` is there already.
   * @returns a future of `value`
   * @throws the task's CancelledError, and `value` is given back
   */
  ready(value: Value): Future<Value> {
    const isOverdue = isTurnOverdue();
    const mayEnd = !isOverdue && runningTask()?.hasPendingCancellation !== true;
    if (mayEnd) return new Ready(value, this.giveBack);
    return new Waiter<Value, Brought | undefined>(this, undefined).beginWith(value, isOverdue);
  }

  /**
   * Hands `value` to the longest-waiting.
   * @returns false when nothing waits, and the value stays with the caller
   */
  next(value: Value): boolean {
    const waiter = this.#first;
    if (waiter === undefined) return false;
    this.remove(waiter);
    if (this.giveBack === undefined) waiter.setResult(value);
    else waiter.resume(value);
    return true;
  }

  /** Hands `value` to all that wait now. */
  all(value: Value): void {
    for (let turns = this.#size; turns > 0; turns--) this.next(value);
  }

  /** Fails the oldest wait with `error`. Does nothing when no caller waits. */
  failNext(error: unknown): void {
    const waiter = this.#first;
    if (waiter === undefined) return;
    this.remove(waiter);
    waiter.fail(error);
  }

  /** Fails all the waits that there are now. */
  failAll(error: unknown): void {
    for (let turns = this.#size; turns > 0; turns--) this.failNext(error);
  }

  /** Takes `waiter` out of the line, in constant time. */
  remove(waiter: Waiter<Value, Brought>): void {
    const { previous, following } = waiter;
    if (previous === undefined) this.#first = following;
    else previous.following = following;
    if (following === undefined) this.#last = previous;
    else following.previous = previous;
    waiter.previous = waiter.following = undefined;
    this.#size--;
  }

  #append(waiter: Waiter<Value, Brought>): void {
    waiter.previous = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.following = waiter;
    this.#last = waiter;
    this.#size++;
  }
}

class Waiter<Value, Brought> extends Suspension<Value> {
  previous: Waiter<Value, Brought> | undefined;
  following: Waiter<Value, Brought> | undefined;
  readonly brought: Brought;
  readonly #queue: WaitQueue<Value, Brought>;

  constructor(queue: WaitQueue<Value, Brought>, brought: Brought) {
    super();
    this.#queue = queue;
    this.brought = brought;
  }

  protected override abandon(): void {
    this.#queue.remove(this);
  }

  override get isReturnable(): boolean {
    return this.#queue.giveBack !== undefined;
  }

  protected override giveBack(value: Value, turn: number): void {
    this.#queue.giveBack?.(value, turn);
  }
}

keepShape(new Waiter<unknown, unknown>(new WaitQueue(), undefined));
