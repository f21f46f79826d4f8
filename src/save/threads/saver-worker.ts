/** The inside of a saver's thread; see saver-thread.ts. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../model/failure.ts';
import { setFileTimeSync } from '../files/file-time-sync.ts';
import { BETWEEN_PATHS, type FilesToSave, type SaveFailure, type Step } from './saver-messages.ts';

if (parentPort === null) throw new Error('This module is the inside of a worker thread.');
const parent = parentPort;

/** What is written of one file. */
interface FileToWrite {
  readonly path: string;
  readonly body: Uint8Array;
  /** In seconds since the epoch; NaN for that of its making. */
  readonly time: number;
  readonly durable: boolean;
}

function write({ path, body, time, durable }: FileToWrite): void {
  // Never one that another program made, nor what a link of that name leads to.
  const file = openSync(path, 'wx');
  try {
    for (let written = 0; written < body.byteLength; ) {
      written += writeSync(file, body, written);
    }
    if (!Number.isNaN(time)) setFileTimeSync(file, time);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The short way of `publish`: what it does not get done fails, and is left as it is. */
function giveName(temporary: string, path: string, step: Step): void {
  if (step === 'rename') renameSync(temporary, path);
  if (step !== 'link') return;
  linkSync(temporary, path);
  try {
    unlinkSync(temporary);
  } catch {
    // The file has its name: the other one costs nothing, and the next run clears it away.
  }
}

function saveAll({ bodies, sizes, paths, times, durable }: FilesToSave): SaveFailure[] {
  const names = paths.split(BETWEEN_PATHS);
  const failures: SaveFailure[] = [];
  let start = 0;
  for (const [position, size] of sizes.entries()) {
    const [temporary = '', path = '', step] = names.slice(3 * position, 3 * position + 3);
    try {
      const body = new Uint8Array(bodies, start, size);
      write({ path: temporary, body, time: times[position] ?? Number.NaN, durable });
      giveName(temporary, path, step as Step);
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      failures.push({ position, message: messageOf(error), code, syscall });
    }
    start += size;
  }
  return failures;
}

// This listener is also what keeps the thread alive until the port to the parent is closed.
parent.on('message', (files: FilesToSave | 'end') => {
  if (files === 'end') parent.close();
  else parent.postMessage(saveAll(files));
});
