// A pool of threads, each of which takes one file after another. Each reads as simply as `one-by-one`;
// but a thread that waits costs megabytes, and a machine has room for some hundreds.
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { whyNoMore } from './room-for-threads.ts';
import { type Job, start } from './start.ts';

const PROGRAM = new URL(`./threads-worker${extname(import.meta.url)}`, import.meta.url);

start(async (jobs, most) => {
  // What the threads have in common is a number: the next job. Taking it is one step, so no two take the same.
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

/** @throws what the machine has against one more */
async function startThread(jobs: readonly Job[], next: Int32Array): Promise<Thread> {
  const worker = new Worker(PROGRAM, {
    workerData: { jobs, next, origin: performance.timeOrigin },
  });
  // A thread says when what happened, as it shares nothing else.
  worker.on('message', ([i, times]: [number, Job['times']]) => {
    Object.assign(jobs[i]?.times ?? {}, times);
  });
  const ended = once(worker, 'exit');
  // It fails only together with what is awaited here or, later on, by all.
  ended.catch(() => {});
  await once(worker, 'online');
  return { worker, ended };
}
