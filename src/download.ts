import type { DownloadOptions } from './download-options.ts';
import { DownloadRun } from './engine/download-run.ts';
import { Stop } from './engine/stop.ts';
import { HttpClient } from './fetch/http-client.ts';
import type { Row } from './model/item.ts';
import { MOST_SEGMENTS } from './model/options.ts';
import type { Outcome } from './model/outcome.ts';
import { Activity } from './observe/activity.ts';
import { Recording } from './recording.ts';
import { withOwnPieces } from './save/files/own-pieces.ts';
import { compileTemplate, type NameTemplate } from './save/names/name-template.ts';
import { DirectorySink } from './save/sinks/directory-sink.ts';
import { Tries } from './schedule/tries.ts';
import { pacedBy, queueFor, retriesOf } from './scheduling.ts';
import { batchesOf } from './source/row-list.ts';

/**
 * Downloads every row, several at a time, and yields one {@link Outcome} for each as it ends. A
 * row's failure is a value among the others: it stops nothing and is not thrown.
 *
 * Rows are pulled only as there is room for them, and nothing is pulled while the outcomes are not
 * taken. Breaking out of the loop, or cancelling the task that runs it, cancels the requests in
 * flight and waits for their cleanup.
 *
 * @param rows URLs, or URLs with more about them; any iterable, also one without end
 * @throws RangeError and the like for options that are wrong, TemplateError for names that make no
 *   sense: nothing has been done then; BrokenRunError when the directory cannot be written to, or the
 *   ledger is of no use; what `rows` throws
 */
export async function* download(
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: DownloadOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const { signal, activity = new Activity() } = options;
  const { rowTimeout = Number.POSITIVE_INFINITY } = options;
  if (!(rowTimeout > 0)) throw new RangeError(`rowTimeout must be more than 0, not ${rowTimeout}`);
  const segments = segmentsOf(options);
  const queue = queueFor(options);
  activity.follow(queue);
  const retries = retriesOf(options);
  const triesOver = (urls: readonly string[]) => new Tries(retries, urls);
  const template = options.names === undefined ? undefined : compileTemplate(options.names);
  using stop = new Stop(signal ?? new AbortController().signal);
  await using client = new HttpClient({ ...options, maxConnections: queue.mostRequests });
  await using recording = Recording.open(options);
  recording?.watch(activity);
  await using own = options.sink ? undefined : await openSink(options, template, recording);
  const sink = options.sink ? withOwnPieces(options.sink) : (own as DirectorySink);
  const { recall, record } = recording ?? {};
  const paced = pacedBy(options);
  const steps = {
    recall,
    record,
    queue,
    fetch: client.get,
    open: client.open,
    release: client.release,
    sink,
    paced,
    triesOver,
    rowTimeout,
    segments,
    // Where nobody looks, there is nothing to be kept up to date.
    inFlight: options.activity?.requests,
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

/** @throws RangeError */
function segmentsOf({ segments = 1 }: DownloadOptions): number {
  if (Number.isInteger(segments) && segments >= 1 && segments <= MOST_SEGMENTS) return segments;
  throw new RangeError(
    `segments must be a whole number from 1 to ${MOST_SEGMENTS}, not ${segments}`,
  );
}

function openSink(
  options: DownloadOptions,
  template: NameTemplate | undefined,
  recording: Recording | undefined,
): Promise<DirectorySink> {
  const { directory, replaceExisting } = options;
  return DirectorySink.open(directory, {
    ...options,
    template,
    replaceExisting: replaceExisting ?? recording?.mayReplace,
    parts: recording?.partsDirectory,
  });
}
