// A program for run.test.ts: its main task waits for what nothing is left to wake.
import { Future, run } from '../../../src/concurrency/index.ts';

await run(async () => await new Future(), { name: 'stuck' });
