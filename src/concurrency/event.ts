import type { Future } from './future.ts';
import { Inspectable } from './inspectable.ts';
import { keepShape } from './shapes.ts';
import type { WaitOptions } from './suspension.ts';
import { WaitQueue } from './wait-queue.ts';

/**
 * A flag that tasks can wait for. Counterpart: `asyncio.Event`. (The DOM's `Event` is something that
 * happened; this one is a state.)
 *
 * @example
 * ```ts
 * const ready = new Event();
 * createTask(async () => {
 *   await ready.wait();
 *   serve();
 * });
 * ready.set();
 * ```
 */
export class Event extends Inspectable {
  #isSet = false;
  readonly #queue = new WaitQueue<void>(nothingToGiveBack);

  /** Whether it is set, so that `wait()` does not wait. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** How many calls of `wait()` wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Ends all waits, and those that begin before the next `clear()`. */
  set(): void {
    this.#isSet = true;
    this.#queue.all();
  }

  /** From now on `wait()` waits again. Waits that have ended are not affected. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until the event is set; not at all when it is set already.
   * @throws the task's CancelledError, or the signal's reason
   */
  wait(options: WaitOptions = {}): Future<void> {
    const mayGo = this.#isSet && !options.signal?.aborted;
    return mayGo ? this.#queue.ready() : this.#queue.wait(undefined, options);
  }

  override get [Symbol.toStringTag](): string {
    return 'Event';
  }

  /** For example `<Event unset waiting=2>`. */
  protected override describe(): string[] {
    const words = [this.#isSet ? 'set' : 'unset'];
    if (this.waiting > 0) words.push(`waiting=${this.waiting}`);
    return words;
  }
}

function nothingToGiveBack(): void {}

keepShape(new Event());
