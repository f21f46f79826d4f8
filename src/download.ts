import type { DownloadOptions } from './download-options.ts';
import { DownloadRun } from './engine/download-run.ts';
import { Stop } from './engine/stop.ts';
import { HttpClient } from './fetch/http-client.ts';
import type { Item, Row } from './model/item.ts';
import { MOST_SEGMENTS } from './model/options.ts';
import type { Outcome } from './model/outcome.ts';
import { identified, ROW_KEYS, type RowKey } from './model/row-key.ts';
import { Activity } from './observe/activity.ts';
import { Recording } from './recording.ts';
import { Duplicates } from './save/names/duplicates.ts';
import { ON_COLLISION } from './save/names/name-registry.ts';
import { type NameTemplate, templateOf } from './save/names/name-template.ts';
import { DirectorySink } from './save/sinks/directory-sink.ts';
import { copyChunks, type Sink } from './save/sinks/sink.ts';
import { Tries } from './schedule/tries.ts';
import { pacedBy, queueFor, retriesOf } from './scheduling.ts';
import { batchesOf, checkRows } from './source/row-list.ts';

/**
 * Downloads every row, several at a time, and yields one {@link Outcome} for each as it ends. The
 * failure of a row is an outcome like the others: it stops nothing and is not thrown.
 *
 * Rows are read only as there is room for them, and none are read while the outcomes are not taken.
 * Leaving the loop, or cancelling the task that runs it, cancels the requests in flight and waits for
 * their cleanup.
 *
 * @example
 * for await (const { status, path } of download(['https://example.com/a'], { directory: 'files' })) {
 *   console.log(status, path);
 * }
 * @param rows URLs, or URLs with more about them; any iterable, also one without end
 * @throws RangeError, TypeError, SyntaxError or HeaderError for an option, and TemplateError for
 *   `names`, before anything is done; BrokenRunError when the directory cannot be written to, or the
 *   ledger cannot be used; whatever `rows` throws, after the outcomes of the rows before that
 */
export async function* download(
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: DownloadOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const { signal = new AbortController().signal, activity = new Activity() } = options;
  checkRows(rows);
  checkWords(options);
  const rowTimeout = rowTimeoutOf(options);
  const segments = segmentsOf(options);
  const template = templateOf(options.names, options.key);
  const retries = retriesOf(options);
  const paced = pacedBy(options);
  const queue = queueFor(options);
  activity.follow(queue);

  using stop = new Stop(signal);
  await using client = new HttpClient(options, { maxConnections: queue.mostRequests });
  const { useContentDisposition = false } = options;
  const naming = options.names === undefined ? undefined : { template, useContentDisposition };
  await using recording = Recording.open(options, naming);
  recording?.watch(activity);
  const hasBeenTaken = recording?.hasBeenTaken;
  await using sink = options.sink
    ? borrowed(options.sink)
    : await openDirectory(options, template, recording);
  const steps = {
    identify: identifyBy(options.key),
    recall: recording?.recall,
    record: recording?.record,
    // What is the same file depends on its name, which a sink of the caller's may give it.
    duplicates: options.sink ? undefined : new Duplicates({ template, hasBeenTaken }),
    queue,
    fetch: client.get,
    open: client.open,
    release: client.release,
    sink,
    copy: sink instanceof DirectorySink ? sink.copy : undefined,
    paced,
    triesOver: (urls: readonly string[]) => new Tries(retries, urls),
    rowTimeout,
    segments,
    // An Activity that the caller does not see need not be kept up to date.
    activity: options.activity?.log,
  };
  try {
    await using run = new DownloadRun(batchesOf(rows), steps, stop);
    for (;;) {
      const outcome = run.take() ?? (await run.next());
      if (outcome === undefined) break;
      yield outcome;
    }
    await recording?.complete(stop.signal);
  } catch (error) {
    recording?.broken();
    throw error;
  }
}

function identifyBy(rowKey: RowKey = 'url'): ((item: Item) => Item) | undefined {
  return rowKey === 'url' ? undefined : (item) => identified(item, rowKey);
}

/** @throws RangeError for an option whose value is not one of its words */
function checkWords({ onCollision, key = 'url' }: DownloadOptions): void {
  if (onCollision !== undefined && !ON_COLLISION.includes(onCollision)) {
    throw new RangeError(
      `onCollision must be one of ${ON_COLLISION.join(', ')}, not ${onCollision}`,
    );
  }
  if (!ROW_KEYS.some((word) => word === key) && !/^column ./.test(key)) {
    throw new RangeError(`key must be one of ${ROW_KEYS.join(', ')}, column NAME, not ${key}`);
  }
}

/** @throws RangeError */
function rowTimeoutOf({ rowTimeout = Number.POSITIVE_INFINITY }: DownloadOptions): number {
  if (rowTimeout > 0) return rowTimeout;
  throw new RangeError(`rowTimeout must be more than 0, not ${rowTimeout}`);
}

/** @throws RangeError */
function segmentsOf({ segments = 1 }: DownloadOptions): number {
  if (Number.isInteger(segments) && segments >= 1 && segments <= MOST_SEGMENTS) return segments;
  throw new RangeError(
    `segments must be a whole number from 1 to ${MOST_SEGMENTS}, not ${segments}`,
  );
}

/** @throws BrokenRunError */
function openDirectory(
  options: DownloadOptions,
  template: NameTemplate,
  recording: Recording | undefined,
): Promise<DirectorySink> {
  const { directory, useContentDisposition, onCollision, replaceExisting } = options;
  const { digest, durable, fileTimes } = options;
  return DirectorySink.open(directory, {
    template,
    useContentDisposition,
    onCollision,
    replaceExisting: replaceExisting ?? recording?.mayReplace,
    parts: recording?.partsDirectory,
    digest,
    durable,
    fileTimes,
  });
}

/** A sink of the caller's, which stays open after the run. */
function borrowed(sink: Sink): Sink & AsyncDisposable {
  return { ...copyChunks(sink), async [Symbol.asyncDispose]() {} };
}
