import { Timer } from '../concurrency/index.ts';
import { timeoutError } from './database-errors.ts';

/** How long what is under way may take once it is to end, in ms: a server that is there answers at once. */
export const GRACE = 2_000;

/** Waits for `work`, but not for long once `signal` has aborted. @throws its reason; as `work` */
export async function soonAfter<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return await work;
  const end = Promise.withResolvers<never>();
  let timer: Timer | undefined;
  const onAbort = () => {
    timer = new Timer(GRACE, () => end.reject(signal.reason));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, end.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    timer?.clear();
  }
}

/**
 * Waits for `work` for so many ms at most. It goes on by itself after that.
 * @param ms undefined for any time
 * @throws the error of a statement that takes too long; as `work`
 */
export async function inTime<T>(ms: number | undefined, work: Promise<T>): Promise<T> {
  if (ms === undefined) return await work;
  const late = Promise.withResolvers<never>();
  const timer = new Timer(ms, () => late.reject(timeoutError()));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    timer.clear();
  }
}
