/** The code of the thread that {@link LedgerWriter} starts. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../model/error-words.ts';
import { resultCode } from '../database-errors.ts';
import { RecordWriter } from './record-writer.ts';
import type {
  Batch,
  FromWriterThread,
  ToWriterThread,
  WriterThreadData,
} from './writer-messages.ts';

if (parentPort === null) throw new Error('This module is the inside of a worker thread.');
const parent = parentPort;
const writer = new RecordWriter(workerData as WriterThreadData);

function post(message: FromWriterThread): void {
  parent.postMessage(message);
}

/** Writes a batch, together with those that arrived meanwhile. */
function answer(first: ToWriterThread): void {
  const batches: Batch[] = [];
  let message: ToWriterThread | undefined = first;
  for (; message?.type === 'write'; message = receiveMessageOnPort(parent)?.message) {
    batches.push(message);
  }
  if (batches.length > 0) writer.write(batches);
  for (const _batch of batches) post({ type: 'written' });
  if (message?.type === 'close') close();
}

function close(): void {
  writer.finish();
  post({ type: 'closed' });
  parent.close();
}

// This listener also keeps the thread alive until the port to the parent is closed.
parent.on('message', (message: ToWriterThread) => {
  try {
    answer(message);
  } catch (error) {
    // Nothing is written after a failure: a gap in the records would look like rows that never ended.
    post({ type: 'failed', code: resultCode(error), message: messageOf(error) });
    writer.close();
    parent.close();
  }
});
