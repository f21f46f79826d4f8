import { isPromise } from 'node:util/types';
import type { EagerIterable, EagerIterator } from '../concurrency/pull.ts';
import type { Permit, Semaphore } from '../concurrency/semaphore.ts';
import type { Item } from '../model/item.ts';
import { originOf } from '../model/origin-of.ts';
import { failedOutcome, type Outcome, skippedOutcome } from '../model/outcome.ts';
import type { Earlier, Steps } from './steps.ts';

/** A row, and what is known of it before anything is asked for. */
export type Candidate = Open | Closed;

/** There is something to ask for. */
export interface Open {
  readonly item: Item;
  readonly origin: string;
  readonly earlier: Earlier | undefined;
  /** When it was read from the list, as `performance.now()` has it. */
  readonly readAt: number;
  /** Among the rows that are under way, until it has ended. */
  readonly place: Permit;
}

/** It needs no request to know how it ends; that is recorded already. */
interface Closed {
  readonly item: Item;
  readonly origin: undefined;
  readonly outcome: Outcome;
}

type Result = IteratorResult<Candidate, undefined>;

/**
 * Recalls each item, in the order of the list, and takes out those that end without a request: they
 * need neither a turn nor a task. An item is read only when there is a place for it.
 */
export class Sift implements EagerIterable<Candidate>, EagerIterator<Candidate> {
  readonly #items: EagerIterator<Item>;
  readonly #steps: Pick<Steps, 'recall' | 'record'>;
  readonly #places: Semaphore;

  constructor(
    items: EagerIterable<Item>,
    steps: Pick<Steps, 'recall' | 'record'>,
    places: Semaphore,
  ) {
    this.#items = items[Symbol.asyncIterator]();
    this.#steps = steps;
    this.#places = places;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what reading the items, recalling and recording them throws */
  next(): Result | Promise<Result> {
    const place = this.#places.tryAcquire();
    return place === undefined
      ? this.#places.acquire().then((given) => this.#read(given))
      : this.#read(place);
  }

  async return(): Promise<Result> {
    await this.#items.return?.();
    return { done: true, value: undefined };
  }

  #read(place: Permit): Result | Promise<Result> {
    const answer = this.#items.next();
    return isPromise(answer)
      ? answer.then((result) => this.#recall(result, place))
      : this.#recall(answer, place);
  }

  #recall(result: IteratorResult<Item, undefined>, place: Permit): Result | Promise<Result> {
    if (result.done) return result;
    const item = result.value;
    // For each row, in the order of the list: equal ones are told apart by it.
    const earlier = this.#steps.recall?.(item);
    return isPromise(earlier)
      ? earlier.then((recalled) => this.#sift(item, recalled, place))
      : this.#sift(item, earlier, place);
  }

  #sift(item: Item, earlier: Earlier | undefined, place: Permit): Result | Promise<Result> {
    if (item.problem !== undefined) return this.#closed(failedOutcome(item, item.problem), place);
    if (earlier !== undefined && earlier.validators === undefined) {
      return this.#closed(skippedOutcome(item, 'already-there', earlier.file), place);
    }
    try {
      const open = { item, origin: originOf(item.url), earlier, readAt: performance.now(), place };
      return { done: false, value: open };
    } catch (error) {
      return this.#closed(failedOutcome(item, error), place);
    }
  }

  #closed(ended: Outcome, place: Permit): Result | Promise<Result> {
    place.release();
    const outcome = { ...ended, startedAt: Date.now(), elapsed: 0 };
    const result: Result = { done: false, value: { item: ended.item, origin: undefined, outcome } };
    const recording = this.#steps.record?.(outcome);
    return recording === undefined ? result : recording.then(() => result);
  }
}
