/** The code of the thread that {@link TableThread} starts. */
import { parentPort } from 'node:worker_threads';
import { tablesOf } from './shard-table.ts';
import type { TablesJob } from './table-thread.ts';

// A rejection ends the thread with an error, which the run gets.
parentPort?.on('message', async ({ lines, times }: TablesJob) => {
  const tables = await tablesOf(lines, times);
  parentPort?.postMessage(tables, [tables.table.buffer]);
});
