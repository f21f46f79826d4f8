// A pool of threads, each of which downloads one file after another. Its code is as simple as that of
// `one-by-one`. But a thread that waits costs megabytes, and a machine has room for some hundreds.
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { whyNoMore } from './room-for-threads.ts';
import { type Job, start } from './start.ts';

const PROGRAM = new URL(`./threads-worker${extname(import.meta.url)}`, import.meta.url);

start(async (jobs, most) => {
  // The threads share one number: the index of the next job. Taking it is atomic, so no two threads take
  // the same job.
  const next = new Int32Array(new SharedArrayBuffer(4));
  const threads: Thread[] = [];
  let why: string | undefined;
  while (threads.length < most && why === undefined) {
    try {
      why = whyNoMore(threads.length);
      if (why === undefined) threads.push(await startThread(jobs, next));
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  for (const { worker } of threads) worker.postMessage('go');
  await Promise.all(threads.map(({ ended }) => ended));
  return why === undefined ? undefined : { most: threads.length, why };
});

interface Thread {
  readonly worker: Worker;
  readonly ended: Promise<unknown>;
}

/** @throws the system's error if it cannot start another thread */
async function startThread(jobs: readonly Job[], next: Int32Array): Promise<Thread> {
  const worker = new Worker(PROGRAM, {
    workerData: { jobs, next, origin: performance.timeOrigin },
  });
  // The times come as messages, as the thread shares no other memory.
  worker.on('message', ([i, times]: [number, Job['times']]) => {
    Object.assign(jobs[i]?.times ?? {}, times);
  });
  const ended = once(worker, 'exit');
  // If it fails, so does the wait below, or later the one for all threads.
  ended.catch(() => {});
  await once(worker, 'online');
  return { worker, ended };
}
