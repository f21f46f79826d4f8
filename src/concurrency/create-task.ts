import { runningTask } from './async-context.ts';
import { Task, type TaskFunction, type TaskOptions } from './task.ts';

/**
 * Starts `fn` as a task in the next microtask, concurrent with the calling code.
 * Counterpart: `asyncio.create_task()`. Cancelling the task that has created it does not cancel it; that is
 * what a `TaskGroup` is for. Its failure surfaces as a warning when it is never looked at.
 *
 * @example
 * ```ts
 * const task = createTask(() => download(url), { name: url });
 * const file = await task;
 * ```
 *
 * @param fn is called without arguments; it may be async
 * @param options the task's name
 * @returns the task: await it for the result of `fn`, or `cancel()` it
 * @throws TypeError when `fn` is not a function
 */
export function createTask<T>(fn: TaskFunction<T>, options?: TaskOptions): Task<T> {
  return new Task(fn, options);
}

/**
 * The task that the calling code runs in, or undefined outside of any, also in a timer or an event
 * handler that outlived its task. Inside of `run()` no timer and no event handler is part of a task.
 * Counterpart: `asyncio.current_task()`.
 *
 * @example
 * ```ts
 * const response = await fetch(url, { signal: currentTask()?.signal });
 * ```
 */
export function currentTask(): Task<unknown> | undefined {
  return runningTask() as Task<unknown> | undefined;
}
