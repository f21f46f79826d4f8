import { createTask, sleep } from '../../../src/concurrency/index.ts';

/** Checks by name. A check fails if it throws. */
export type Checks = Readonly<Record<string, () => unknown>>;

/** Waits until it is cancelled. */
export const forever = () => sleep(Number.POSITIVE_INFINITY);
/** Lets the event loop turn. */
export const turn = () => new Promise<void>((done) => setTimeout(done, 2));

/** Cancels a task that runs `fn` once it is suspended. @returns its result, or the name of its error */
export async function cancelled(fn: () => unknown): Promise<string> {
  const task = createTask(fn);
  await turn();
  task.cancel();
  try {
    return `${await task}`;
  } catch (error) {
    return (error as Error).name;
  }
}
