import {
  CancelledError,
  createTask,
  type Future,
  run,
  sleep,
  ThreadExecutor,
} from '../../concurrency/index.ts';
import { EXIT_OF_SIGNAL } from '../command.ts';
import type { SpinnerOptions } from '../options/other-commands.ts';

const MESSAGE = 'thinking!';

/** Runs `flaghoist spinner`: the same spinner drawn by a thread or by a task. Sets the exit code. */
export async function runSpinner({ thread, seconds }: SpinnerOptions): Promise<void> {
  try {
    const answer = await (thread ? besideThread(seconds) : run(() => besideTask(seconds)));
    process.stdout.write(`Answer: ${answer}\n`);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    process.exitCode = EXIT_OF_SIGNAL[error.cause as NodeJS.Signals];
  }
}

async function besideTask(ms: number): Promise<number> {
  const spinner = createTask(() => spinUntilCancelled(MESSAGE));
  announce(spinner);
  await sleep(ms);
  spinner.cancel();
  await spinner;
  return 42;
}

async function spinUntilCancelled(message: string): Promise<void> {
  let status = '';
  try {
    for (let turn = 0; ; turn++) {
      status = `${'|/-\\'[turn % 4]} ${message}`;
      process.stdout.write(status + '\b'.repeat(status.length));
      await sleep(100);
    }
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
  }
  process.stdout.write(' '.repeat(status.length) + '\b'.repeat(status.length));
}

async function besideThread(ms: number): Promise<number> {
  await using threads = new ThreadExecutor({ maxThreads: 1 });
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const spinner = threads.submit(spinUntilFlagged, [MESSAGE, flag]);
  announce(spinner);
  // Blocks this thread, while the other one goes on drawing.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  await spinner;
  return 42;
}

/** Runs on another thread, so it can use nothing from outside itself. */
function spinUntilFlagged(message: string, flag: Int32Array): void {
  // A thread's own `process.stdout` goes through the first thread, which is blocked.
  const { writeSync } = process.getBuiltinModule('node:fs');
  let status = '';
  for (let turn = 0; Atomics.load(flag, 0) === 0; turn++) {
    status = `${'|/-\\'[turn % 4]} ${message}`;
    writeSync(1, status + '\b'.repeat(status.length));
    Atomics.wait(flag, 0, 0, 100);
  }
  writeSync(1, ' '.repeat(status.length) + '\b'.repeat(status.length));
}

function announce(spinner: Future<unknown>): void {
  process.stdout.write(`spinner object: ${spinner}\n`);
}
