import { Fifo } from './fifo.ts';
import { Consumer } from './map-consumer.ts';
import { keepShape } from './shapes.ts';

/** The results of `mapAsCompleted` that no `next()` has taken, or the calls of `next()` that wait for one. */
export class MapResults<R> {
  readonly #ready = new Fifo<R>();
  /** Empty while a result is ready. */
  readonly #consumers = new Fifo<Consumer<R>>();
  #isDropping = false;

  /** How many results are ready. */
  get size(): number {
    return this.#ready.size;
  }

  put(value: R): void {
    if (this.#isDropping) return;
    // Making the result without a consumer would cost an object for each item.
    if (this.#consumers.size > 0) this.#consumers.take().give({ done: false, value });
    else this.#ready.put(value);
  }

  /** Takes the first result; there has to be one. */
  take(): R {
    return this.#ready.take();
  }

  /**
   * Waits for a result, when none is ready.
   * @param cancelled called when the wait is cancelled
   */
  wait(cancelled: () => Promise<unknown>): Consumer<R> {
    const consumer = new Consumer<R>(cancelled);
    this.#consumers.put(consumer);
    return consumer;
  }

  /** Drops the results that are ready, and those still to come. */
  drop(): void {
    this.#isDropping = true;
    this.#ready.clear();
  }

  /**
   * Ends the calls of `next()` that wait, as no result will come.
   * @param end what a call ends with
   */
  endConsumers(end: () => Promise<IteratorResult<R, undefined>>): void {
    while (this.#consumers.size > 0) {
      const consumer = this.#consumers.take();
      end().then(
        (result) => consumer.give(result),
        (error: unknown) => consumer.giveUp(error),
      );
    }
  }
}

keepShape(new MapResults());
