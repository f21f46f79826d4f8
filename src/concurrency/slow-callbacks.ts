import { createHook, executionAsyncResource } from 'node:async_hooks';
import { runningTask } from './async-context.ts';
import { callerFrames } from './caller.ts';
import { warn } from './warnings.ts';

/** Counterpart: `loop.slow_callback_duration`, which has the same default. */
const SLOW_MS = 100;

/**
 * Reports every callback (a task's step from one `await` to the next, a timer, an event) that held
 * the event loop for more than 100 ms, with the task it belongs to and where it was scheduled. Slows
 * everything down several times, so it is for debug mode only.
 */
export function watchSlowCallbacks(): Disposable {
  const scheduledAt = new WeakMap<object, string>();
  /** When the callbacks that run now began, the outermost first. */
  const began: number[] = [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      scheduledAt.set(resource, [`${type} created`, ...callerFrames()].join('\n'));
    },
    before() {
      began.push(performance.now());
    },
    after() {
      // None for the callback in which the watching began.
      const start = began.pop();
      if (start === undefined) return;
      const ms = performance.now() - start;
      if (ms <= SLOW_MS) return;
      const what = runningTask() ?? 'a callback outside of any task';
      const origin = scheduledAt.get(executionAsyncResource()) ?? '';
      warn(`held the event loop for ${Math.round(ms)} ms: ${what}`, origin);
    },
  });
  hook.enable();
  return { [Symbol.dispose]: () => void hook.disable() };
}
