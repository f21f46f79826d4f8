// A program for run.test.ts: a `run` on a thread whose main task nothing is left to wake.
import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('./run-stuck.ts', import.meta.url));
worker.on('exit', (code) => console.log(`thread exited with ${code}`));
