/** The inside of the reader's thread; see reader-thread.ts. */
import type { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { messageOf } from '../../model/failure.ts';
import { resultCode } from '../database-errors.ts';
import { openForReading } from '../open-database.ts';
import { ListOrder } from './list-order.ts';
import type { FromReaderThread, ReaderThreadData, ToReaderThread } from './reader-messages.ts';

/** Rows that are read and whose files are looked for at a time: about a millisecond's worth. */
const CHUNK = 500;

const { port, posted, ...options } = workerData as ReaderThreadData;
let database: DatabaseSync | undefined;
let order: ListOrder | undefined;
let seeks = 0;

function post(message: FromReaderThread): void {
  port.postMessage(message);
  begun();
}

/** Wakes whoever waits for the next message without an event loop. */
function begun(): void {
  Atomics.add(posted, 0, 1);
  Atomics.notify(posted, 0);
}

function answer(message: ToReaderThread): void {
  database ??= openForReading(options.directory);
  order ??= new ListOrder(database, options);
  if (message.type === 'seek') {
    seeks = message.seeks;
    order.seek(message.id);
  } else {
    post({ type: 'chunk', chunk: order.next(CHUNK) ?? 'end', seeks });
  }
}

port.on('message', (message: ToReaderThread) => {
  try {
    answer(message);
  } catch (error) {
    post({ type: 'failed', code: resultCode(error), message: messageOf(error) });
  }
});
port.on('close', () => database?.close());
begun();
