/**
 * asyncio for TypeScript: cancellable tasks on native `async`/`await`. See docs/concurrency.md.
 * This file only names what other code may import; nothing inside the module imports it.
 * @module flaghoist/concurrency
 */
export {
  type AsCompletedOptions,
  asCompleted,
  type CompletedFuture,
  type CompletionIterator,
} from './as-completed.ts';
// For the other folders of this package only: parts of the module that waits of their own are made of.
/** @internal */
export { asyncContext } from './async-context.ts';
/** @internal */
export { completion } from './completion.ts';
export { Condition, type ConditionOptions, type ConditionPermit } from './condition.ts';
export { createTask, currentTask } from './create-task.ts';
export { type Awaitable, ensureFuture } from './ensure-future.ts';
export { CancelledError, InvalidStateError, QueueShutDown, TimeoutError } from './errors.ts';
export { Event } from './event.ts';
/** @internal */
export { Fifo } from './fifo.ts';
export { type DoneCallback, Future } from './future.ts';
export { type GatherOptions, gather } from './gather.ts';
export { LifoQueue } from './lifo-queue.ts';
export { Lock } from './lock.ts';
export { type MapAsCompletedOptions, mapAsCompleted } from './map-as-completed.ts';
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue.ts';
export { Queue, type QueueOptions, type ShutdownOptions } from './queue.ts';
export { race } from './race.ts';
export { type RunOptions, run } from './run.ts';
export { runInExecutor } from './run-in-executor.ts';
export { type Permit, Semaphore } from './semaphore.ts';
export { shield } from './shield.ts';
export { sleep } from './sleep.ts';
export type { WaitOptions } from './suspension.ts';
/** @internal */
export { Suspension } from './suspension.ts';
export { Task, type TaskFunction, type TaskOptions } from './task.ts';
export { TaskGroup, type TaskGroupOptions } from './task-group.ts';
export { allTasks, printTasks } from './task-tree.ts';
export type { ModuleFunction } from './thread-call.ts';
export {
  type RunInExecutorOptions,
  type SubmitOptions,
  ThreadExecutor,
  type ThreadExecutorOptions,
} from './thread-executor.ts';
export { type Deadline, moveOnAfter, type Timed, timeout, timeoutAt, waitFor } from './timeout.ts';
/** @internal */
export { Timer } from './timer.ts';
export { toThread } from './to-thread.ts';
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  type WaitForOptions,
  type WaitResult,
  wait,
} from './wait.ts';
/** @internal */
export { WaitQueue } from './wait-queue.ts';
/** @internal */
export { warnOf } from './warnings.ts';
