// A spinner drawn by a task while another one waits: one thread does both.
//
//     node examples/spinner-task.ts
import { CancelledError, createTask, run, sleep } from '../src/concurrency/index.ts';

/** Draws until it is cancelled. */
async function spin(message: string): Promise<void> {
  let status = '';
  try {
    for (let turn = 0; ; turn++) {
      status = `${'|/-\\'[turn % 4]} ${message}`;
      process.stdout.write(status + '\b'.repeat(status.length));
      await sleep(100);
    }
  } catch (error) {
    // It is thrown at the `await` above, the only place where this loop gives up control.
    if (!(error instanceof CancelledError)) throw error;
  }
  process.stdout.write(' '.repeat(status.length) + '\b'.repeat(status.length));
}

/** Waits for 3 seconds, while everything else goes on. */
async function slow(): Promise<number> {
  await sleep(3_000);
  return 42;
}

async function supervise(): Promise<number> {
  const spinner = createTask(() => spin('thinking!'), { name: 'spinner' });
  console.log(`spinner object: ${spinner}`);
  const result = await slow();
  spinner.cancel();
  await spinner;
  return result;
}

console.log(`Answer: ${await run(supervise)}`);
