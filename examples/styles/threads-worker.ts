// The code of each thread of `threads.ts`.
import { once } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { agent, fetchFile } from './fetch-file.ts';
import type { Job } from './start.ts';

interface Given {
  readonly jobs: readonly Job[];
  /** The index of the next job. */
  readonly next: Int32Array;
  /** `performance.timeOrigin` of the main thread. */
  readonly origin: number;
}

async function takeJobs({ jobs, next, origin }: Given, parent: MessagePort): Promise<void> {
  await once(parent, 'message');
  const later = performance.timeOrigin - origin;
  for (;;) {
    const i = Atomics.add(next, 0, 1);
    const job = jobs[i];
    if (job === undefined) break;
    await fetchFile(job);
    const { began, answered, saved } = job.times;
    const times = { began: began + later, answered: answered + later, saved: saved + later };
    parent.postMessage([i, times]);
  }
  agent.destroy();
}

takeJobs(workerData, parentPort as MessagePort);
