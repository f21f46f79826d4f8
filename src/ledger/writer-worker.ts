/** The inside of the writer's thread; see writer.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../model/failure.ts';
import { resultCode } from './database-errors.ts';
import { openForWriting } from './open-database.ts';
import { COLUMNS, type RecordValues, SEE_AGAIN, UPSERT } from './schema.ts';
import type { FromWriterThread, ToWriterThread } from './writer-messages.ts';

if (parentPort === null) throw new Error('This module is the inside of a worker thread.');
const parent = parentPort;

const database = openForWriting(workerData as string);
const upsert = database.prepare(UPSERT);
const seeAgain = database.prepare(SEE_AGAIN);

const STATUS = COLUMNS.indexOf('status');

function post(message: FromWriterThread): void {
  parent.postMessage(message);
}

function write(batch: readonly RecordValues[]): void {
  database.exec('BEGIN IMMEDIATE');
  for (const [hex, ...rest] of batch) {
    const key = Buffer.from(String(hex), 'hex');
    const [, seen = null, idx = null] = rest;
    // A row is skipped since it is done: what the record says of that is worth more.
    const isKnown = rest[STATUS - 1] === 'skipped' && seeAgain.run(seen, idx, key).changes === 1;
    if (!isKnown) upsert.run(key, ...rest);
  }
  database.exec('COMMIT');
}

function answer(message: ToWriterThread): void {
  switch (message.type) {
    case 'write':
      write(JSON.parse(message.batch) as RecordValues[]);
      post({ type: 'written' });
      break;
    case 'close':
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
      post({ type: 'closed' });
      parent.close();
      break;
  }
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
