// A program for debug.test.ts: a failure that nobody looks at, created right here.
import { createTask } from '../../../src/concurrency/index.ts';

createTask(
  () => {
    throw new Error('lost');
  },
  { name: 'loser' },
);
