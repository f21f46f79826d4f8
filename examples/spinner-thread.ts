// A spinner drawn by a second thread while the first one is blocked.
//
//     node examples/spinner-thread.ts
import { ThreadExecutor } from '../src/concurrency/index.ts';

/** Draws until the flag is set. It runs on another thread, so it must not use variables of this one. */
function spin(message: string, flag: Int32Array): void {
  const { writeSync } = process.getBuiltinModule('node:fs');
  let status = '';
  for (let turn = 0; Atomics.load(flag, 0) === 0; turn++) {
    status = `${'|/-\\'[turn % 4]} ${message}`;
    writeSync(1, status + '\b'.repeat(status.length));
    Atomics.wait(flag, 0, 0, 100);
  }
  writeSync(1, ' '.repeat(status.length) + '\b'.repeat(status.length));
}

/** Blocks this thread for 3 seconds: no timer, no promise, no other code runs on it meanwhile. */
function slow(): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
  return 42;
}

async function supervise(): Promise<number> {
  await using threads = new ThreadExecutor({ maxThreads: 1 });
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const spinner = threads.submit(spin, ['thinking!', flag]);
  console.log(`spinner object: ${spinner}`);
  const result = slow();
  // A thread cannot be stopped from outside. It has to look at a flag.
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  await spinner;
  return result;
}

console.log(`Answer: ${await supervise()}`);
