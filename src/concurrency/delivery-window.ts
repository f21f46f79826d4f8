import { type AwaitingTask, asyncContext } from './async-context.ts';
import { callerFrames } from './caller.ts';
import { followPromises } from './promise-hooks.ts';
import { afterEverythingReady } from './turn.ts';

/** A task whose cancellation was delivered to something that it waits for. */
export interface Cancelled extends AwaitingTask {
  /** Its code goes on. @internal */
  noteStep(): void;
  /**
   * All that was ready has run.
   * @param wasFollowed whether a step of its code would have been noticed
   * @internal
   */
  closeWindow(wasFollowed: boolean): void;
}

interface Unfollowed {
  readonly task: Cancelled;
  readonly before: Unfollowed | undefined;
}

/** A mass cancellation follows no steps: that would make it half as slow again. */
const FOLLOWED_AT_MOST = 100;

/** Looked up with tasks of any kind. */
let watched: Set<AwaitingTask> & Iterable<Cancelled> = new Set<Cancelled>() as never;
/**
 * The last of those cancelled when there were too many to follow. A list of links: V8 keeps a large array
 * and all that it holds until its slow collection. Some tasks stand here twice.
 */
let unfollowed: Unfollowed | undefined;
/** The task whose own code has just begun the wait that shows it a cancellation. */
let beginner: AwaitingTask | undefined;
let stopFollowing: (() => void) | undefined;

/**
 * From now until the event loop turns, tells `task` when its code goes on. Code that a rejection has
 * reached goes on at once, and awaits something or calls something async: a promise is made in the
 * context of the task. In the reactions that only pass the rejection on, or drop it, none is made.
 *
 * Only V8 reports new promises, and in Bun and Deno the module cannot ask it.
 *
 * @param isBeginning its own code runs now, and is no sign
 */
export function watchForSteps(task: Cancelled, isBeginning: boolean): void {
  if (isBeginning) {
    beginner = task;
    queueMicrotask(noteBegun);
  }
  if (watched.size === FOLLOWED_AT_MOST && !watched.has(task)) {
    stop();
    unfollowed = { task, before: unfollowed };
    return;
  }
  const isFirst = watched.size === 0;
  watched.add(task);
  if (!isFirst) return;
  stopFollowing = followPromises('onInit', noteStep);
  afterEverythingReady(close);
}

/** Whether the code of `task` has not come back from the call that showed it a cancellation. */
export function isBeginning(task: AwaitingTask): boolean {
  return task === beginner;
}

function noteBegun(): void {
  beginner = undefined;
}

function noteStep(): void {
  const task = asyncContext.getStore()?.task;
  if (task === undefined || task === beginner || !watched.has(task)) return;
  // Node's own modules make promises too, in the context of the task that called them.
  if (callerFrames().length > 0) (task as Cancelled).noteStep();
}

function close(): void {
  const wasFollowed = stopFollowing !== undefined;
  const tasks = watched;
  let other = unfollowed;
  watched = new Set<Cancelled>() as never;
  unfollowed = undefined;
  stop();
  for (const task of tasks) task.closeWindow(wasFollowed);
  for (; other !== undefined; other = other.before) other.task.closeWindow(wasFollowed);
}

function stop(): void {
  stopFollowing?.();
  stopFollowing = undefined;
}
