/** The inside of the writer's thread; see writer.ts. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { messageOf } from '../model/failure.ts';
import { resultCode } from './database-errors.ts';
import { openForWriting } from './open-database.ts';
import { Places } from './places.ts';
import { stretchesOf } from './record-batch.ts';
import { COLUMNS, UPSERT } from './schema.ts';
import type { FromWriterThread, ToWriterThread, WriterThreadData } from './writer-messages.ts';

if (parentPort === null) throw new Error('This module is the inside of a worker thread.');
const parent = parentPort;

const { directory, run } = workerData as WriterThreadData;
const database = openForWriting(directory);
const upsert = database.prepare(UPSERT);
const places = new Places(database, run);

function post(message: FromWriterThread): void {
  parent.postMessage(message);
}

function write(batch: Extract<ToWriterThread, { type: 'write' }>): void {
  for (const stretch of stretchesOf(batch.places)) places.set(stretch);
  const { values } = batch;
  for (let at = 0; at < values.length; at += COLUMNS.length) {
    upsert.run(...values.slice(at, at + COLUMNS.length));
  }
}

/** Writes a batch, and those that came meanwhile with it: what they share of the pages is written once. */
function answer(first: ToWriterThread): void {
  let message: ToWriterThread | undefined = first;
  let batches = 0;
  if (message.type === 'write') database.exec('BEGIN IMMEDIATE');
  for (; message?.type === 'write'; message = receiveMessageOnPort(parent)?.message) {
    write(message);
    batches++;
  }
  if (batches > 0) database.exec('COMMIT');
  for (; batches > 0; batches--) post({ type: 'written' });
  if (message?.type === 'close') close();
}

function close(): void {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  post({ type: 'closed' });
  parent.close();
}

// This listener is also what keeps the thread alive until the port to the parent is closed.
parent.on('message', (message: ToWriterThread) => {
  try {
    answer(message);
  } catch (error) {
    // What is left of the batch is rolled back when the database closes. Nothing is written after a
    // failure: a gap would look like rows that never ended.
    post({ type: 'failed', code: resultCode(error), message: messageOf(error) });
    database.close();
    parent.close();
  }
});
