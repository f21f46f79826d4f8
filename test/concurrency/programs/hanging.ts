// A program for task-tree.test.ts, in debug mode: hangs, and tells its tasks on SIGUSR2.
import { createTask, run, sleep } from '../../../src/concurrency/index.ts';

async function waitForever(): Promise<void> {
  await sleep(Number.POSITIVE_INFINITY);
}

await run(
  async function main() {
    createTask(waitForever, { name: 'child' });
    await sleep(1);
    console.log('ready');
    await waitForever();
  },
  { debug: true },
);
