import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RowLines } from './row-lines.ts';
import { type ShardTables, type ShardTimes, tablesOf } from './shard-table.ts';

/** What the thread gets for each shard. */
export interface TablesJob {
  readonly lines: Uint8Array<ArrayBuffer>;
  readonly times: ShardTimes;
}

/** A table of so few rows takes less time than starting a thread. */
const FEW_ROWS = 500;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./table-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Makes the tables of shards and their statistics, one after the other. Those of many rows are made on a
 * thread, as 10,000 rows would hold up the downloads for 100 ms. It is started for the first of them, and
 * serves all.
 */
export class TableThread implements AsyncDisposable {
  #worker: Worker | undefined;
  #making: PromiseWithResolvers<ShardTables> | undefined;

  /**
   * To be called again only once the tables before have been made.
   * @param rows they cannot be used afterwards, as the thread takes over their memory
   * @throws (rejects) the thread's error
   */
  async make(rows: RowLines, times: ShardTimes): Promise<ShardTables> {
    const lines = rows.take();
    if (rows.count <= FEW_ROWS) return await tablesOf(lines, times);
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#making = Promise.withResolvers();
    this.#worker.postMessage({ lines, times } satisfies TablesJob, [lines.buffer]);
    return await this.#making.promise;
  }

  /** Ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(WORKER, {
      name: 'flaghoist shard tables',
      // Without the process's own Node options: some, such as --input-type, would break the thread.
      execArgv: [],
    });
    worker.on('message', (tables: ShardTables) => {
      worker.unref();
      this.#making?.resolve(tables);
    });
    // What rejects first counts; an exit follows each error.
    worker.on('error', (error) => this.#making?.reject(error));
    worker.on('exit', () => this.#making?.reject(new Error('the thread for tables has ended')));
    return worker;
  }
}
