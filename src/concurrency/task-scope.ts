import { debugging } from './debug.ts';
import type { Task } from './task.ts';

/** The tasks that came out of one `run()` and have not ended. */
export interface TaskScope extends Iterable<Task<unknown>> {
  add(task: Task<unknown>): void;
  delete(task: Task<unknown>): void;
}

/**
 * A scope to start a `run()` with. In debug mode it does not keep its tasks from being collected as
 * garbage, or none would ever be found dropped; that costs too much for every day.
 */
export function newTaskScope(): TaskScope {
  return debugging() ? new WeakTaskScope() : new Set<Task<unknown>>();
}

class WeakTaskScope implements TaskScope {
  readonly #refs = new Set<WeakRef<Task<unknown>>>();
  readonly #refOf = new WeakMap<Task<unknown>, WeakRef<Task<unknown>>>();

  add(task: Task<unknown>): void {
    const ref = new WeakRef(task);
    this.#refs.add(ref);
    this.#refOf.set(task, ref);
  }

  delete(task: Task<unknown>): void {
    const ref = this.#refOf.get(task);
    if (ref !== undefined) this.#refs.delete(ref);
  }

  *[Symbol.iterator](): Generator<Task<unknown>> {
    for (const ref of this.#refs) {
      const task = ref.deref();
      if (task === undefined) this.#refs.delete(ref);
      else yield task;
    }
  }
}
