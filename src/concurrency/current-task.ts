import { AsyncLocalStorage } from 'node:async_hooks';
import type { CancelledError } from './errors.ts';
import type { Task } from './task.ts';

/** Something a task is suspended on, and that the task's cancellation can interrupt. */
export interface Interruptible {
  /**
   * Ends the wait with `reason`.
   * @returns false when the wait is over already, so that nobody would notice.
   */
  interrupt(reason: CancelledError): boolean;
}

/**
 * Carries the running task through every `await` below it. This is what makes cancellation work
 * without a signal being passed around: a wait asks here whose wait it is. @internal
 */
export const taskContext = new AsyncLocalStorage<Task<unknown> | undefined>();

/**
 * The task that the calling code runs in, or undefined outside of any (also in a timer or an event
 * handler that outlived its task). Counterpart: `asyncio.current_task()`.
 */
export function currentTask(): Task<unknown> | undefined {
  const task = taskContext.getStore();
  return task === undefined || task.done() ? undefined : task;
}
