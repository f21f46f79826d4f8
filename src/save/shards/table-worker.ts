/** The code of the thread that {@link tablesInThread} starts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { TablesJob } from './make-tables.ts';
import { tablesOf } from './shard-table.ts';

const { lines, times }: TablesJob = workerData;
// A rejection ends the thread with an error, which the run gets.
void tablesOf(lines, times).then((tables) => {
  parentPort?.postMessage(tables, [tables.table.buffer]);
});
