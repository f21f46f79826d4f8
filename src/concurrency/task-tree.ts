import { asyncContext } from './async-context.ts';
import { creatorOf, suspendedAt } from './debug.ts';
import type { Task } from './task.ts';
import { scopes, type TaskScope } from './task-scope.ts';

/**
 * The tasks that have not ended: those of the `run()` that the calling code belongs to; outside of any,
 * those of every `run()` in progress. A task made outside of `run()` is not among them.
 * Counterpart: `asyncio.all_tasks()`.
 *
 * @example
 * ```ts
 * for (const task of allTasks()) if (task !== currentTask()) task.cancel();
 * ```
 */
export function allTasks(): Set<Task<unknown>> {
  const scope = asyncContext.getStore()?.scope as TaskScope | undefined;
  const all = scope === undefined ? [...scopes] : [scope];
  return new Set(all.flatMap((each) => [...each]));
}

/**
 * Prints the tasks that {@link allTasks} gives, each below the one that created it, with what it is
 * suspended on, and in debug mode where. In debug mode `kill -USR2` has a running program print it.
 * Counterpart: `asyncio.print_call_graph()`. It prints on stderr.
 *
 * @example
 * ```ts
 * setTimeout(printTasks, 10_000);
 * ```
 *
 * ```text
 * <Task pending name='main' fn=main>
 *   waiting for <Gathering pending>
 *     at main (crawler.ts:12:9)
 *   <Task pending name='Task-2'>
 *     waiting for <Sleep pending>
 * ```
 */
export function printTasks(): void {
  process.stderr.write(treeOf(allTasks()));
}

/** What {@link printTasks} prints of `tasks`. */
export function treeOf(tasks: Iterable<Task<unknown>>): string {
  const all = new Set(tasks);
  const roots = [...all].filter((task) => !all.has(creatorOf(task) as Task<unknown>));
  return roots.map((task) => branchOf(task, all, '')).join('') || 'no tasks\n';
}

function branchOf(task: Task<unknown>, all: ReadonlySet<Task<unknown>>, indent: string): string {
  const waits = task.waits().map((wait) => `${indent}  waiting for ${wait}\n`);
  const place = suspendedAt(task).map((line) => `${indent}  ${line}\n`);
  const children = [...all].filter((child) => creatorOf(child) === task);
  const branches = children.map((child) => branchOf(child, all, `${indent}  `));
  return [`${indent}${task}\n`, ...waits, ...place, ...branches].join('');
}
