// A program for run.test.ts to send signals to: tells what it does, one word per line.
import { CancelledError, createTask, run, sleep } from '../../../src/concurrency/index.ts';

const mode = process.argv[2];
const say = (word: string) => console.log(word);
const forever = () => sleep(Number.POSITIVE_INFINITY);

async function main(): Promise<string> {
  createTask(async () => {
    try {
      await forever();
    } finally {
      await sleep(1);
      say('leftover-cleaned');
    }
  });
  try {
    say('ready');
    await forever();
  } catch {
    say('cleaning');
    if (mode === 'hangs') await forever();
    await sleep(1);
    say('cleaned');
    if (mode === 'refuses') return 'refused';
    throw new CancelledError('passed on');
  }
  return 'not reached';
}

if (mode === 'throws') await run(main);
try {
  say(await run(main));
} catch (error) {
  say(`${(error as Error).name}`);
  if (mode === 'sets-exit-code') process.exitCode = 0;
}
say(`listeners ${process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')}`);
