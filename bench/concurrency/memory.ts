// Memory of what waits: 100,000 suspended tasks, 100,000 pending promises, and a few worker threads
// (each costs the same, and 100,000 of them do not fit into any machine).
//
//     npm run bench:concurrency
import { Worker } from 'node:worker_threads';
import { createTask, Event, sleep } from '../../src/concurrency/index.ts';

const COUNT = 100_000;
const THREADS = 8;

/** Bytes that `make` adds for each of `count`, on the heap or in the whole process. */
async function cost(
  count: number,
  measure: () => number,
  make: () => Promise<() => unknown>,
): Promise<number> {
  globalThis.gc?.();
  const before = measure();
  const end = await make();
  globalThis.gc?.();
  const bytes = (measure() - before) / count;
  await end();
  return Math.round(bytes);
}

const heap = () => process.memoryUsage().heapUsed;
const resident = () => process.memoryUsage().rss;

const task = await cost(COUNT, heap, async () => {
  const event = new Event();
  const tasks = Array.from({ length: COUNT }, () => createTask(async () => await event.wait()));
  await sleep(0);
  return async () => {
    event.set();
    await Promise.all(tasks);
  };
});

const promise = await cost(COUNT, heap, async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = Array.from({ length: COUNT }, async () => await promise);
  await sleep(0);
  return async () => {
    resolve();
    await Promise.all(waiting);
  };
});

const thread = await cost(THREADS, resident, async () => {
  const workers = Array.from(
    { length: THREADS },
    () => new Worker('setInterval(() => {}, 1e6)', { eval: true }),
  );
  await Promise.all(
    workers.map((worker) => new Promise((online) => worker.once('online', online))),
  );
  await sleep(500);
  return () => Promise.all(workers.map((worker) => worker.terminate()));
});

console.log('\nMemory of one that is suspended');
console.table({
  'async function on a promise': { bytes: promise },
  'flaghoist task on an Event': { bytes: task },
  'worker thread': { bytes: thread },
});
