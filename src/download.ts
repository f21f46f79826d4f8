import { resolve } from 'node:path';
import type { DownloadOptions, RunSettings } from './download-options.ts';
import { DownloadRun } from './engine/download-run.ts';
import { Stop } from './engine/stop.ts';
import { HttpClient } from './fetch/http-client.ts';
import type { Item, Row } from './model/item.ts';
import { MOST_SEGMENTS } from './model/options.ts';
import type { Outcome } from './model/outcome.ts';
import { identified, ROW_KEYS, type RowKey } from './model/row-key.ts';
import { Activity } from './observe/activity.ts';
import { Recording } from './recording/recording.ts';
import { Contents } from './save/files/contents.ts';
import { Duplicates } from './save/names/duplicates.ts';
import { ON_COLLISION } from './save/names/name-registry.ts';
import { type NameTemplate, templateOf } from './save/names/name-template.ts';
import { DirectorySink } from './save/sinks/directory-sink.ts';
import { openSink, type SinkPlace, sinkPlace } from './save/sinks/open-sink.ts';
import { copyChunks, type OutcomeLog, type Sink } from './save/sinks/sink.ts';
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
 * Aborting `signal` cancels the requests in flight too, but then every row that was read still has an
 * outcome: `cancelled` for those.
 *
 * @example
 * ```ts
 * for await (const { status, path } of download(['https://example.com/a'], { directory: 'files' })) {
 *   console.log(status, path);
 * }
 * ```
 *
 * @param rows URLs, or URLs with more about them; any iterable, also one without end
 * @param options where the files go, how many requests there are, when the run gives up
 * @returns the outcomes, in the order in which the rows end
 * @throws RangeError, TypeError, SyntaxError or HeaderError for an option, and TemplateError for
 *   `names`, before anything is done; BrokenRunError when the directory cannot be written to, or the
 *   ledger cannot be used; whatever `rows` throws, after the outcomes of the rows before that
 */
export async function* download(
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: DownloadOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const place = typeof options.sink === 'string' ? sinkPlace(options.sink) : undefined;
  const digest = options.digest === true || options.dedupe === true;
  const settings = { ...options, digest, directory: directoryOf(options, place) };
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
  // Shards, and a sink of the caller's, have names of their own.
  const isNamed = options.sink === undefined || place?.kind === 'objects';
  const isAsked = isNamed && options.names !== undefined;
  const naming = isAsked ? { template, useContentDisposition } : undefined;
  await using recording = Recording.open(settings, naming);
  recording?.watch(activity);
  const hasBeenTaken = recording?.earlier.hasBeenTaken;
  await using sink = await openAny(settings, template, recording);
  const isSaved = sink.isSaved?.bind(sink);
  const steps = {
    identify: identifyBy(options.key),
    recall: recording && ((item: Item) => recording.earlier.recall(item, isSaved)),
    record: recordThrough(sink, recording),
    // What is the same file depends on its name, which a sink of the caller's may give it.
    duplicates: isNamed ? new Duplicates({ template, hasBeenTaken }) : undefined,
    queue,
    fetch: client.get,
    revocable: options.sharedLimits?.requests,
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
    {
      await using _ = { [Symbol.asyncDispose]: async () => sink.close?.() };
      await using run = new DownloadRun(batchesOf(rows), steps, stop);
      for (;;) {
        const outcome = run.take() ?? (await run.next());
        if (outcome === undefined) break;
        yield outcome;
      }
    }
    await recording?.complete(stop.signal);
  } catch (error) {
    recording?.broken();
    throw firstFailure(error);
  }
}

/** The failure that came first, where the cleanup that it led to has failed as well. */
function firstFailure(error: unknown): unknown {
  return error instanceof SuppressedError ? firstFailure(error.suppressed) : error;
}

function identifyBy(rowKey: RowKey = 'url'): ((item: Item) => Item) | undefined {
  return rowKey === 'url' ? undefined : (item) => identified(item, rowKey);
}

/** @throws RangeError for an option whose value is not one of its words */
function checkWords({ onCollision, key = 'url', dedupe, sink }: DownloadOptions): void {
  if (dedupe === true && typeof sink === 'object') {
    throw new TypeError(
      'dedupe is for files and for tar: and s3: sinks, not for a sink of your own',
    );
  }
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

/** @throws TypeError when the directory is not that of the shards */
function directoryOf({ directory }: DownloadOptions, place: SinkPlace | undefined): string {
  const own = place?.directory;
  if (own === undefined) return directory ?? '.';
  if (directory === undefined || resolve(directory) === resolve(own)) return own;
  throw new TypeError(`directory is ${directory}, and sink writes to ${own}: leave directory out`);
}

/** @throws BrokenRunError */
async function openAny(
  settings: RunSettings,
  template: NameTemplate,
  recording: Recording | undefined,
): Promise<Sink & AsyncDisposable> {
  const { sink } = settings;
  if (sink === undefined) return await openDirectory(settings, template, recording);
  if (typeof sink !== 'string') return borrowed(sink);
  return await openSink(sink, {
    ...settings,
    template,
    recordedAt: recording?.owners.recordedAt,
    isOfAnother: recording?.owners.isOfAnother,
    journal: recording?.journal,
    parts: recording?.partsDirectory,
    contents: contentsFor(settings, recording),
    s3: { uploads: recording?.uploadsDirectory, ...settings.s3 },
  });
}

const NO_LOG: OutcomeLog = {
  record: () => undefined,
  hold: () => undefined,
  recordHeld: () => {},
  flush: async () => {},
};

/** How outcomes are recorded: by the sink, if it has a say in when. */
function recordThrough(
  sink: Sink,
  recording: Recording | undefined,
): ((outcome: Outcome) => Promise<void> | undefined) | undefined {
  const settle = sink.settle?.bind(sink);
  return settle ? (outcome) => settle(outcome, recording ?? NO_LOG) : recording?.record;
}

/** @throws BrokenRunError */
function openDirectory(
  options: RunSettings,
  template: NameTemplate,
  recording: Recording | undefined,
): Promise<DirectorySink> {
  const { directory, useContentDisposition, onCollision, replaceExisting } = options;
  const { digest, durable, fileTimes } = options;
  return DirectorySink.open(directory, {
    template,
    useContentDisposition,
    onCollision,
    replaceExisting: replaceExisting ?? recording?.owners.mayReplace,
    parts: recording?.partsDirectory,
    digest,
    durable,
    fileTimes,
    contents: contentsFor(options, recording),
  });
}

/** Which contents are saved already, when equal ones are saved once. */
function contentsFor(
  { dedupe }: RunSettings,
  recording: Recording | undefined,
): Contents | undefined {
  return dedupe === true ? new Contents(recording?.earlier.contents) : undefined;
}

/** A sink of the caller's, which stays open after the run. */
function borrowed(sink: Sink): Sink & AsyncDisposable {
  return { ...copyChunks(sink), async [Symbol.asyncDispose]() {} };
}
