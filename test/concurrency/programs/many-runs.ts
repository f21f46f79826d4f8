// A program for run.test.ts: as many runs beside each other as would pass the limit of listeners by far.
import { run, sleep } from '../../../src/concurrency/index.ts';

const runs = Array.from({ length: 20 }, () => run(() => sleep(1)));
await Promise.all(runs);
console.log(`${runs.length} runs`);
