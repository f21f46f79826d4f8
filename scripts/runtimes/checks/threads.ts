import assert from 'node:assert/strict';
import { ThreadExecutor, toThread } from '../../../src/concurrency/index.ts';
import type { Checks } from './support.ts';

/** Checks of threads. */
export const THREADS: Readonly<Record<string, Checks>> = {
  threads: {
    'toThread: a function by its text, and by module and name': async () => {
      assert.equal(await toThread((a: number, b: number) => a * b, 6, 7), 42);
      const named = { module: import.meta.url, name: 'named' };
      assert.equal(await toThread<typeof import('./threads.ts').named>(named, 1), 2);
    },
    'ThreadExecutor: a failure arrives with its class and its properties': async () => {
      await using threads = new ThreadExecutor({ maxThreads: 1 });
      const fails = () => {
        throw Object.assign(new RangeError('no'), { code: 'E_NO' });
      };
      const failure = threads.submit(fails, []);
      await assert.rejects(async () => await failure, { name: 'RangeError', code: 'E_NO' });
    },
    'ThreadExecutor: a shared flag ends a call, and what is moved is gone here': async () => {
      await using threads = new ThreadExecutor({ maxThreads: 1 });
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const spins = (cells: Int32Array) => Atomics.wait(cells, 0, 0, 4_000);
      const spinning = threads.submit(spins, [flag]);
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      assert.match(await spinning, /ok|not-equal/);
      const bytes = new Uint8Array([1, 2]);
      const first = threads.submit((list: Uint8Array) => list[0], [bytes], {
        transfer: [bytes.buffer],
      });
      assert.equal(bytes.length, 0);
      assert.equal(await first, 1);
    },
  },
};

/**
 * Called on a thread by module and name, which knip cannot see.
 * @public
 */
export function named(n: number): number {
  return n + 1;
}
