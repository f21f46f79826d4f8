/** The code of the thread that {@link SaverThread} starts. */
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
import { errorCode } from '../../model/error-code.ts';
import { messageOf } from '../../model/error-words.ts';
import { setFileTimeSync } from '../files/staging-file.ts';
import { BETWEEN_PATHS, type FilesToSave, type SaveFailure, syscallOf } from './saver-messages.ts';

if (parentPort === null) throw new Error('This module runs in a worker thread only.');
const parent = parentPort;

interface FileToWrite {
  readonly path: string;
  readonly body: Uint8Array;
  /** In seconds since the epoch; NaN leaves it that of its creation. */
  readonly time: number;
  readonly durable: boolean;
}

function write({ path, body, time, durable }: FileToWrite): void {
  // `wx` opens neither another program's file nor the target of a link.
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

/**
 * The first step of `publish`, repeated here because it is the fast path: on the run's own thread `link`
 * and `unlink` cost 20 µs each. When it fails the file stays, and the run calls `publish` itself.
 */
function giveName(temporary: string, path: string, step: string | undefined): void {
  if (step === 'rename') renameSync(temporary, path);
  if (step !== 'link') return;
  linkSync(temporary, path);
  try {
    unlinkSync(temporary);
  } catch {
    // The file has its final name. The temporary one does no harm, and the next run clears it away.
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
      giveName(temporary, path, step);
    } catch (error) {
      const details = { code: errorCode(error), syscall: syscallOf(error) };
      failures.push({ position, message: messageOf(error), ...details });
    }
    start += size;
  }
  return failures;
}

// This listener also keeps the thread alive until its port is closed.
parent.on('message', (files: FilesToSave | 'end') => {
  if (files === 'end') parent.close();
  else parent.postMessage(saveAll(files));
});
