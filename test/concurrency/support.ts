import { getEventListeners } from 'node:events';
import type { TestContext } from 'node:test';
import { setImmediate as setImmediateNow } from 'node:timers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sleep } from '../../src/concurrency/index.ts';

/** Taken at load, before a test puts a fake in its place. */
const immediate = setImmediateNow;

/** Lets everything that is ready run: all microtasks, and then what they made ready. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((done) => immediate(done));
}

/** How many listen for the abort of `signal`. */
export function abortListeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

/** The warnings of this module that come while `fn` runs, and soon after. */
export async function warningsDuring(fn: () => unknown): Promise<(Error & { detail?: string })[]> {
  const warnings: (Error & { detail?: string })[] = [];
  using _listening = onWarning((warning) => warnings.push(warning));
  await fn();
  await settle();
  return warnings;
}

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

/** Collects garbage until `condition` holds. The test's own timeout ends it when that never happens. */
export async function collectGarbageUntil(condition: () => boolean): Promise<void> {
  while (!condition()) {
    // What a WeakRef was asked for stays until the turn is over.
    await settle();
    gc();
    await settle();
  }
}

/** Calls `listen` with every warning of this module until the value returned is disposed of. */
export function onWarning(listen: (warning: Error & { detail?: string }) => void): Disposable {
  const filter = (warning: Error) => {
    if (warning.name === 'ConcurrencyWarning') listen(warning);
  };
  process.on('warning', filter);
  return { [Symbol.dispose]: () => void process.off('warning', filter) };
}

/** A wait that only a cancellation ends. */
export function forever(): Promise<void> {
  return sleep(Number.POSITIVE_INFINITY);
}

/** Fakes the time from here on; what is returned moves it on, and lets everything ready run. */
export function fakeTime(t: TestContext): (ms: number) => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return async (ms) => {
    await settle();
    t.mock.timers.tick(ms);
    await settle();
  };
}
