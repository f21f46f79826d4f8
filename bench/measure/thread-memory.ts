// Prints the bytes that a worker thread which does nothing adds to a process: the mean of so many.
//
//     node bench/measure/thread-memory.ts 50
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** ms until threads that have started are done allocating. */
const SETTLING = 1_000;

const count = Number(process.argv[2]);
const before = process.memoryUsage.rss();
const workers = Array.from({ length: count }, () => {
  return new Worker('setInterval(() => {}, 1e6)', { eval: true });
});
await Promise.all(workers.map((worker) => once(worker, 'online')));
await sleep(SETTLING);
process.stdout.write(`${Math.round((process.memoryUsage.rss() - before) / count)}\n`);
await Promise.all(workers.map((worker) => worker.terminate()));
