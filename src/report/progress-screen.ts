import type { RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';
import { safeLine } from '../model/safe-text.ts';
import type { FileInView } from '../observe/files-in-view.ts';
import { bytesOf, type RunProgress } from '../observe/run-progress.ts';
import type { ThroughputHistory } from '../observe/throughput-history.ts';
import { formatBytes, formatCount, formatShare, formatTime } from './amounts.ts';
import { fileLines } from './file-lines.ts';
import { fitted } from './fit.ts';
import { runLine } from './run-line.ts';
import { sparkline } from './sparkline.ts';
import { tryInWords, waitLines } from './wait-text.ts';

/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the screen shows of a run. */
export interface ProgressView {
  readonly progress: RunProgress;
  readonly throughput: Pick<ThroughputHistory, 'latest'>;
  /** The files one by one, when the run has only a few. */
  readonly files: readonly FileInView[] | undefined;
  /** Requests in flight, the oldest first. */
  readonly requests: Iterable<RequestInFlight>;
  readonly waiting: Iterable<RowWaiting>;
  readonly inFlight: number;
  /** Requests that there may be at a time. */
  readonly allowed: number;
  /** The time of `performance.now()`. */
  readonly now: number;
}

/** In a smaller terminal only the bar is drawn, and why nothing happens. */
const LEAST: TerminalSize = { columns: 60, rows: 12 };

/** The requests that are named, at most, and their least age in ms: shorter ones would only flicker. */
const MOST_REQUESTS = 5;
const SLOW = 1000;

/** The most lines about rows that wait for another try. */
const MOST_WAITS = 3;

/** The longest sparkline, in characters: a minute. */
const LONGEST = 60;

/**
 * How a run goes, in as many lines as fit. Of a few files each has a line. Of many there is one bar, how
 * fast they came from second to second, the requests that have been in flight the longest, and what rows
 * wait for.
 */
export function progressScreen(view: ProgressView, { columns, rows }: TerminalSize): string {
  const { progress, files, waiting, now } = view;
  const bar = runLine(progress, columns);
  if (files !== undefined && files.length > 0 && files.length < rows) {
    const lines = fileLines(files, columns, now);
    // The line of a single file says all of it.
    return (progress.total === 1 ? lines : [...lines, bar]).join('\n');
  }
  const isSmall = columns < LEAST.columns || rows < LEAST.rows;
  const waits = waitLines(waiting, now, { columns, most: isSmall ? 1 : MOST_WAITS });
  // Before the first row, and while a list on stdin waits, there is no host yet.
  const others =
    isSmall || view.allowed === 0 ? [] : [throughputLine(view, columns), ...slowest(view)];
  const lines = [...others, ...waits].map((line) => fitted(line, columns));
  return [bar, ...lines].slice(0, Math.max(1, rows - 1)).join('\n');
}

function throughputLine({ throughput, inFlight, allowed }: ProgressView, columns: number): string {
  const last = throughput.latest(1)[0];
  const words = [
    ...(last === undefined || last.rows === 0 ? [] : [`${rate(last.rows)} files/s`]),
    `${formatCount(inFlight)} of ${formatCount(allowed)} requests in flight`,
  ].join(' | ');
  const history = throughput.latest(Math.min(LONGEST, columns - words.length - 1));
  const line = sparkline(history.map(({ bytes }) => bytes));
  return `${line}${line === '' ? '' : ' '}${words}`;
}

function rate(rows: number): string {
  return rows < 10 ? rows.toFixed(1) : formatCount(Math.round(rows));
}

function slowest({ requests, now }: ProgressView): string[] {
  const lines: string[] = [];
  for (const request of requests) {
    const age = now - request.sentAt;
    // The oldest come first.
    if (age < SLOW || lines.length === MOST_REQUESTS) break;
    const line = `${formatTime(age).padStart(8)}  ${amountOf(request)}  ${placeOf(request.url)}`;
    lines.push(line + tryInWords(request.attempt));
  }
  return lines;
}

/** ` 45% of 27.0 MB`, or `12.3 MB`. */
function amountOf(request: RequestInFlight): string {
  const { length } = request;
  const bytes = bytesOf(request);
  const text =
    length === undefined || length === 0
      ? formatBytes(bytes)
      : `${formatShare(bytes / length).padStart(4)} of ${formatBytes(length)}`;
  return text.padEnd(16);
}

/** Host and path: the query of a URL is long, and may have a secret. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return safeLine(`${host}  ${pathname}`);
}
