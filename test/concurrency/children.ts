import { sleep } from '../../src/concurrency/index.ts';
import { forever } from './support.ts';

/** A function of a task that fails at once. */
export function fail(message: string): () => Promise<never> {
  return async () => {
    throw new Error(message);
  };
}

/** A function of a task that sleeps for ever; cancelled, it takes a turn to clean up, and adds its name to `trace`. */
export function cleaning(trace: string[], name: string): () => Promise<void> {
  return async () => {
    try {
      await forever();
    } finally {
      await sleep(0);
      trace.push(name);
    }
  };
}
