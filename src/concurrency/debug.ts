/**
 * Debug mode. With it on, futures and tasks remember where they were created, which warnings then show,
 * and two more mistakes are reported: a task that was dropped before it finished, and a callback that
 * held the event loop. Counterpart: asyncio's debug mode.
 *
 * On with `FLAGHOIST_DEBUG=1` in the environment, or while a `run(main, { debug: true })` lasts.
 */
import { callerFrames } from './caller.ts';
import { watchSlowCallbacks } from './slow-callbacks.ts';
import { warn } from './warnings.ts';

/** One for the environment, and one for every `run` with `debug: true` in progress. */
let users = 0;
let slowCallbacks: Disposable | undefined;

const origins = new WeakMap<object, string>();
const creators = new WeakMap<object, WeakRef<object>>();
const suspensions = new WeakMap<object, readonly string[]>();
const explained = new WeakSet<Error>();
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

/** In debug mode, remembers that `task` was created by `creator`. */
export function noteCreator(task: object, creator: object | undefined): void {
  if (creator !== undefined) creators.set(task, new WeakRef(creator));
}

/** The task that created `task`. Undefined when there was none, or debug mode was off. */
export function creatorOf(task: object): object | undefined {
  return creators.get(task)?.deref();
}

/** In debug mode, remembers where `task` is about to be suspended. */
export function noteSuspension(task: object): void {
  suspensions.set(task, callerFrames());
}

/** Where `task` was last suspended, as the lines of a stack. Empty when debug mode was off then. */
export function suspendedAt(task: object): readonly string[] {
  return suspensions.get(task) ?? [];
}

/** In debug mode, has the stack of `error` tell that it ended `task`, and where that was created. */
export function noteFailure(task: object, error: unknown, awaiting: Iterable<object>): void {
  if (!(error instanceof Error) || explained.has(error)) return;
  explained.add(error);
  const awaited = [...awaiting].map((by) => `    awaited by ${by}\n${suspendedAt(by).join('\n')}`);
  const stack = error.stack ?? String(error);
  error.stack = [stack, `    in ${task}, ${originOf(task)}`, ...awaited].join('\n');
}

/** In debug mode, has it reported if `task` is collected as garbage before {@link noteEnd}. */
export function noteStart(task: object): void {
  dropped.register(task, { words: String(task), origin: originOf(task) }, task);
}

/** `task` has come to its end. */
export function noteEnd(task: object): void {
  dropped.unregister(task);
}

function callerStack(): string {
  return ['created', ...callerFrames()].join('\n');
}

/** An environment variable. Deno throws for one that the program may not read: it counts as not set. */
function environmentVariable(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
}

// Stays on as long as the process.
if (environmentVariable('FLAGHOIST_DEBUG') === '1') startDebugging();
