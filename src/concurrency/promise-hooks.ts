import * as v8 from 'node:v8';

/**
 * Has `fn` called with every promise that is made (`onInit`) or settled (`onSettled`), by V8's hooks.
 *
 * @returns stops it; undefined in a runtime without these hooks: Bun has the functions, and they throw
 */
export function followPromises(
  event: 'onInit' | 'onSettled',
  fn: (promise: Promise<unknown>) => void,
): (() => void) | undefined {
  try {
    return v8.promiseHooks?.[event]?.(fn) as (() => void) | undefined;
  } catch {
    return undefined;
  }
}
