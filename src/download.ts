import type { EagerIterable } from './concurrency/pull.ts';
import type { DownloadOptions } from './download-options.ts';
import { downloadMany } from './engine/download-many.ts';
import type { Candidate } from './engine/sift.ts';
import { Stop } from './engine/stop.ts';
import { HttpClient } from './fetch/http-client.ts';
import { httpOptionsIn } from './fetch/http-options.ts';
import { GrowingClient } from './fetch/lanes/growing-client.ts';
import { Lanes } from './fetch/lanes/lanes.ts';
import type { Row } from './model/item.ts';
import { MOST_SEGMENTS } from './model/options.ts';
import type { Outcome } from './model/outcome.ts';
import type { Fetch } from './model/response.ts';
import { Activity } from './observe/activity.ts';
import { Recording } from './recording.ts';
import { DirectorySink } from './save/directory-sink.ts';
import { compileTemplate, type NameTemplate } from './save/name-template.ts';
import { withOwnPieces } from './save/own-pieces.ts';
import { Tries } from './schedule/tries.ts';
import { Turns } from './schedule/turns.ts';
import { pacedBy, retriesOf, schedulerFor } from './scheduling.ts';
import { itemsOf } from './source/items.ts';

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
  const scheduler = schedulerFor(options);
  const maxRequests = scheduler.mostRequests;
  activity.follow(scheduler);
  const retries = retriesOf(options);
  const triesOver = (urls: readonly string[]) => new Tries(retries, urls);
  const template = options.names === undefined ? undefined : compileTemplate(options.names);
  using stop = new Stop(signal ?? new AbortController().signal);
  await using client = openClient(options, maxRequests);
  await using recording = Recording.open(options);
  recording?.watch(activity);
  await using own = options.sink ? undefined : await openSink(options, template, recording);
  const sink = options.sink ? withOwnPieces(options.sink) : (own as DirectorySink);
  const { recallInTurn: recall, record } = recording ?? {};
  const paced = pacedBy(options);
  const steps = {
    recall,
    record,
    scheduler,
    fetch: client.get,
    sink,
    paced,
    triesOver,
    rowTimeout,
    segments,
    // Where nobody looks, there is nothing to be kept up to date.
    inFlight: options.activity?.requests,
  };
  try {
    const inTurn = (candidates: EagerIterable<Candidate>) =>
      new Turns(candidates, scheduler, stop.signal);
    for await (const outcome of downloadMany(itemsOf(rows), steps, { maxRequests, inTurn, stop })) {
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

/** What fetches, in this thread or in others. @throws as the HttpClient's constructor */
function openClient(
  options: DownloadOptions,
  maxConnections: number,
): AsyncDisposable & { readonly get: Fetch } {
  const { threads = 1 } = options;
  const http = { ...httpOptionsIn(options), maxConnections };
  if (threads === 'auto') return new GrowingClient(http);
  return threads === 1 ? new HttpClient(http) : new Lanes(threads, http);
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
