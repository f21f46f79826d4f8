import { createHook, executionAsyncResource } from 'node:async_hooks';
import { type AsyncContext, asyncContext, ContextSwitch } from './async-context.ts';

/** By async id of a callback that runs now: the context that it was taken out of. */
const taken = new Map<number, AsyncContext>();
let users = 0;

const hook = createHook({ before: enter, after: leave, trackPromises: false });

/**
 * From now on a timer, a server's request or any other event that a task listens to is not part of that
 * task, though it inherits the task's async context: its waits are its own, and the task's cancellation
 * does not reach them. It still belongs to the `run()`. Counterpart: callbacks in asyncio have no task.
 *
 * Only Node can tell callbacks from the task's own steps. In other runtimes this does nothing.
 */
export function keepCallbacksApart(): Disposable {
  if (users === 0 && canLeavePromisesOut()) hook.enable();
  users++;
  return { [Symbol.dispose]: stop };
}

function stop(): void {
  users--;
  if (users === 0) hook.disable();
}

function enter(asyncId: number): void {
  const context = asyncContext.getStore();
  // A step of a task comes here too when something else, such as debug mode, follows promises.
  if (context?.task === undefined) return;
  const resource = executionAsyncResource();
  if (resource instanceof Promise || resource instanceof ContextSwitch) return;
  taken.set(asyncId, context);
  asyncContext.enterWith(context.scope?.outside);
}

/** `AsyncResource.runInAsyncScope()` returns to the code that called it, which may be a step of a task. */
function leave(asyncId: number): void {
  const context = taken.get(asyncId);
  if (context === undefined) return;
  taken.delete(asyncId);
  asyncContext.enterWith(context);
}

/** A hook that sees promises as well makes every `await` several times slower. Since Node 24.14. */
function canLeavePromisesOut(): boolean {
  try {
    createHook({ trackPromises: false, promiseResolve: enter });
    return false;
  } catch {
    return true;
  }
}
