// Prints how many bytes an idle worker thread adds to a process: the mean over COUNT threads.
//
//     node bench/measure/thread-memory.ts COUNT
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Time until new threads have allocated their memory, in ms. */
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
