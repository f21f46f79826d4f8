import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RowLines } from './row-lines.ts';
import { type ShardTables, type ShardTimes, tablesOf } from './shard-table.ts';

/** What the thread gets. */
export interface TablesJob {
  readonly lines: Uint8Array<ArrayBuffer>;
  readonly times: ShardTimes;
}

/** A table of so few rows takes less time than starting a thread. */
const FEW_ROWS = 500;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./table-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Makes the table of a shard and its statistics: on a thread, as 10,000 rows would hold up the downloads for
 * 100 ms.
 * @throws (rejects) the thread's error
 */
export async function makeTables(rows: RowLines, times: ShardTimes): Promise<ShardTables> {
  const lines = rows.take();
  if (rows.count <= FEW_ROWS) return await tablesOf(lines, times);
  const worker = new Worker(WORKER, {
    name: 'flaghoist shard table',
    // Without the process's own Node options: some, such as --input-type, would break the thread.
    execArgv: [],
    workerData: { lines, times } satisfies TablesJob,
    transferList: [lines.buffer],
  });
  const [tables]: [ShardTables] = (await once(worker, 'message')) as [ShardTables];
  return tables;
}
