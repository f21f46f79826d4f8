// A program for debug.test.ts: a failure that no code handles, created right here.
import { createTask } from '../../../src/concurrency/index.ts';

createTask(
  () => {
    throw new Error('lost');
  },
  { name: 'loser' },
);
