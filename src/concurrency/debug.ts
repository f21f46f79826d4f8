/**
 * Debug mode: what is cheap to leave out and dear to miss. With it on, futures and tasks remember
 * where they were created, for warnings to tell, and two more things are reported: a task dropped
 * before it finished, and a callback that held the event loop. Counterpart: asyncio's debug mode.
 *
 * On with `FLAGHOIST_DEBUG=1` in the environment, or while a `run(main, { debug: true })` lasts.
 */
import { watchSlowCallbacks } from './slow-callbacks.ts';
import { warn } from './warnings.ts';

/** How many have asked for debug mode: the environment, and every `run` that lasts. */
let users = 0;
let slowCallbacks: Disposable | undefined;

const origins = new WeakMap<object, string>();
const dropped = new FinalizationRegistry<{ words: string; origin: string }>((task) =>
  warn(`dropped before it finished: ${task.words}`, task.origin),
);

/** Whether debug mode is on. */
export function debugging(): boolean {
  return users > 0;
}

/** Turns debug mode on until the value returned is disposed of. */
export function startDebugging(): Disposable {
  users++;
  slowCallbacks ??= watchSlowCallbacks();
  return { [Symbol.dispose]: stopDebugging };
}

function stopDebugging(): void {
  users--;
  if (users > 0) return;
  slowCallbacks?.[Symbol.dispose]();
  slowCallbacks = undefined;
}

/** In debug mode, remembers where `future` is being created. */
export function noteOrigin(future: object): void {
  origins.set(future, callerStack());
}

/** Where `future` was created, as the lines of a stack. Empty when debug mode was off then. */
export function originOf(future: object): string {
  return origins.get(future) ?? '';
}

/** In debug mode, has it reported if `task` is collected as garbage before {@link noteEnd}. */
export function noteStart(task: object): void {
  dropped.register(task, { words: String(task), origin: originOf(task) }, task);
}

/** `task` has come to its end. */
export function noteEnd(task: object): void {
  dropped.unregister(task);
}

/** The stack of the code that called into this module, without the module's own frames on top. */
function callerStack(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const caller = frames.findIndex((frame) => !frame.includes(import.meta.dirname));
  return ['created', ...frames.slice(caller)].join('\n');
}

// Stays on as long as the process.
if (process.env.FLAGHOIST_DEBUG === '1') startDebugging();
