import { downloadMany } from './engine/download-many.ts';
import { HttpClient } from './fetch/http-client.ts';
import type { Row } from './model/item.ts';
import { DEFAULT_MAX_REQUESTS } from './model/options.ts';
import type { Outcome } from './model/outcome.ts';
import { DirectorySink } from './save/directory-sink.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { itemsOf } from './source/items.ts';

/** Options of {@link download}. */
export interface DownloadOptions {
  /** Where the files go; created when it is missing. */
  readonly directory: string;
  /** Requests in flight at a time, at most. Default: 5. */
  readonly maxRequests?: number | undefined;
  /**
   * Stops the run: requests in flight are cancelled, and no more rows are read. The rows read so far
   * still get their outcomes, `cancelled` ones.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads every row, several at a time, and yields one {@link Outcome} for each as it ends. A
 * row's failure is a value among the others: it stops nothing and is not thrown.
 *
 * Rows are pulled only as there is room for them, and nothing is pulled while the outcomes are not
 * taken. Breaking out of the loop, or cancelling the task that runs it, cancels the requests in
 * flight and waits for their cleanup.
 *
 * @param rows URLs, or URLs with names; any iterable, also one without end
 * @throws BrokenRunError when the directory cannot be created; what `rows` throws
 */
export async function* download(
  rows: Iterable<Row> | AsyncIterable<Row>,
  { directory, maxRequests = DEFAULT_MAX_REQUESTS, signal }: DownloadOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const scheduler = new Scheduler({ maxRequests });
  const sink = await DirectorySink.open(directory);
  await using client = new HttpClient(maxRequests);
  const stop = signal ?? new AbortController().signal;
  const steps = { scheduler, fetch: client.get, sink };
  yield* downloadMany(itemsOf(rows, stop), steps, { maxRequests, stop });
}
