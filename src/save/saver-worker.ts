/** The inside of a saver's thread; see saver-thread.ts. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../model/failure.ts';
import { setFileTimeSync } from './file-time-sync.ts';
import { moveFileSync } from './move-file-sync.ts';
import { BETWEEN_PATHS, type FilesToSave, type SaveFailure } from './saver-messages.ts';

if (parentPort === null) throw new Error('This module is the inside of a worker thread.');
const parent = parentPort;

/** One file of a batch. */
interface FileToSave {
  readonly temporary: string;
  readonly path: string;
  readonly body: Uint8Array;
  /** NaN for none. */
  readonly time: number;
  readonly durable: boolean;
}

function save({ temporary, path, body, time, durable }: FileToSave): void {
  // Never one that somebody else made, nor what a link of that name leads to.
  const file = openSync(temporary, 'wx');
  try {
    for (let written = 0; written < body.byteLength; ) {
      written += writeSync(file, body, written);
    }
    if (!Number.isNaN(time)) setFileTimeSync(file, time);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  moveFileSync(temporary, path);
}

function saveAll({ bodies, sizes, paths, times, durable }: FilesToSave): SaveFailure[] {
  const names = paths.split(BETWEEN_PATHS);
  const failures: SaveFailure[] = [];
  let start = 0;
  for (const [position, size] of sizes.entries()) {
    const [temporary = '', path = ''] = [names[2 * position], names[2 * position + 1]];
    try {
      const body = new Uint8Array(bodies, start, size);
      save({ temporary, path, body, time: times[position] ?? Number.NaN, durable });
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
