import type { AsyncContext, AwaitingTask, Scope } from './async-context.ts';
import { debugging } from './debug.ts';
import type { Task } from './task.ts';

/** The tasks that came out of one `run()` and have not ended. */
export interface TaskScope extends Scope, Iterable<Task<unknown>> {}

/** The scopes of every `run()` in progress. */
export const scopes = new Set<TaskScope>();

/**
 * A scope to start a `run()` with. In debug mode it does not keep its tasks from being collected as
 * garbage, or none would ever be found dropped; that costs too much for every day.
 */
export function newTaskScope(): TaskScope {
  return debugging() ? new WeakTaskScope() : new StrongTaskScope();
}

class StrongTaskScope extends Set<AwaitingTask> implements Scope {
  readonly outside: AsyncContext = { task: undefined, scope: this };

  declare [Symbol.iterator]: () => SetIterator<Task<unknown>>;
}

class WeakTaskScope implements TaskScope {
  readonly outside: AsyncContext = { task: undefined, scope: this };
  readonly #refs = new Set<WeakRef<AwaitingTask>>();
  readonly #refOf = new WeakMap<AwaitingTask, WeakRef<AwaitingTask>>();

  add(task: AwaitingTask): void {
    const ref = new WeakRef(task);
    this.#refs.add(ref);
    this.#refOf.set(task, ref);
  }

  delete(task: AwaitingTask): void {
    const ref = this.#refOf.get(task);
    if (ref !== undefined) this.#refs.delete(ref);
  }

  *[Symbol.iterator](): Generator<Task<unknown>> {
    for (const ref of this.#refs) {
      const task = ref.deref();
      if (task === undefined) this.#refs.delete(ref);
      else yield task as Task<unknown>;
    }
  }
}
