import { AsyncLocalStorage } from 'node:async_hooks';
import { asyncContext } from './async-context.ts';
import { warnOf } from './warnings.ts';

interface Callback {
  /** `never`, so that a Future<Dog> still is a Future<Animal>. */
  readonly fn: (future: never) => void;
  /** Runs `fn` in the async context it was added in, but outside of any task, as in asyncio. */
  readonly run: (fn: () => void) => void;
}

const settled = Promise.resolve();

/** The functions that a future calls when it is done. */
export class DoneCallbacks {
  #callbacks: Callback[] = [];

  add(fn: Callback['fn']): void {
    this.#callbacks.push({ fn, run: asyncContext.run(undefined, AsyncLocalStorage.snapshot) });
  }

  /** Takes out every callback that is `fn`. @returns how many there were */
  remove(fn: Callback['fn']): number {
    const before = this.#callbacks.length;
    this.#callbacks = this.#callbacks.filter((callback) => callback.fn !== fn);
    return before - this.#callbacks.length;
  }

  /** Calls each of them in a later microtask. One that throws is a warning, and stops no other. */
  callSoon(future: object): void {
    settled.then(() => {
      for (const { fn, run } of this.#callbacks) {
        run(() => {
          try {
            fn(future as never);
          } catch (error) {
            warnOf(`a done callback of ${future} threw`, error);
          }
        });
      }
    });
  }
}
