/**
 * asyncio for TypeScript: cancellable tasks on native `async`/`await`. See docs/concurrency.md.
 * This file only names what is public; nothing inside the module imports it.
 */
export { currentTask } from './current-task.ts';
export { ensureFuture } from './ensure-future.ts';
export { CancelledError, InvalidStateError, TimeoutError } from './errors.ts';
export { type DoneCallback, Future } from './future.ts';
export { type MapAsCompletedOptions, mapAsCompleted } from './map-as-completed.ts';
export { type Permit, Semaphore } from './semaphore.ts';
export { sleep } from './sleep.ts';
export type { WaitOptions } from './suspension.ts';
export { createTask, Task, type TaskFunction, type TaskOptions } from './task.ts';
