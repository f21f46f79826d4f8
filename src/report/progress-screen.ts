import type { RequestInFlight } from '../model/request-in-flight.ts';
import { safeLine } from '../model/safe-text.ts';
import type { Progress } from '../observe/progress.ts';
import type { ThroughputHistory } from '../observe/throughput-history.ts';
import { formatBytes, formatCount, formatTime } from './amounts.ts';
import { progressLine } from './progress-line.ts';
import { sparkline } from './sparkline.ts';

/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the screen shows of a run. */
export interface ProgressView {
  readonly progress: Progress;
  readonly throughput: Pick<ThroughputHistory, 'latest'>;
  /** Requests in flight, the oldest first. */
  readonly requests: Iterable<RequestInFlight>;
  readonly inFlight: number;
  /** Requests that there may be at a time. */
  readonly allowed: number;
  /** The time of `performance.now()`. */
  readonly now: number;
}

/** In a smaller terminal only one line is drawn. */
const LEAST: TerminalSize = { columns: 60, rows: 12 };

/** The requests that are named, at most, and their least age in ms: shorter ones would only flicker. */
const MOST_REQUESTS = 5;
const SLOW = 1000;

/** The longest sparkline, in characters: a minute. */
const LONGEST = 60;

/**
 * How a run goes, in as many lines as fit: the bar; how fast it went from second to second; and the
 * requests that have been in flight the longest. In a small terminal it is the bar alone.
 */
export function progressScreen(view: ProgressView, size: TerminalSize): string {
  const bar = progressLine(view.progress, size.columns);
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) return bar;
  const lines = [bar, throughputLine(view, size.columns), ...slowest(view, size.columns)];
  return lines.join('\n');
}

function throughputLine({ throughput, inFlight, allowed }: ProgressView, columns: number): string {
  const last = throughput.latest(1)[0];
  const words = [
    ...(last === undefined ? [] : [`${rate(last.rows)}/s`, `${formatBytes(last.bytes)}/s now`]),
    `${formatCount(inFlight)} of ${formatCount(allowed)} requests in flight`,
  ].join(' | ');
  const history = throughput.latest(Math.min(LONGEST, columns - words.length - 1));
  const line = sparkline(history.map(({ rows }) => rows));
  return `${line}${line === '' ? '' : ' '}${words}`.slice(0, columns);
}

function rate(rows: number): string {
  return rows < 10 ? rows.toFixed(1) : formatCount(Math.round(rows));
}

function slowest({ requests, now }: ProgressView, columns: number): string[] {
  const lines: string[] = [];
  for (const { url, attempt, sentAt } of requests) {
    const age = now - sentAt;
    // The oldest come first.
    if (age < SLOW || lines.length === MOST_REQUESTS) break;
    const tries = attempt > 1 ? ` (try ${attempt})` : '';
    const line = `${formatTime(age).padStart(8)}  ${placeOf(url)}${tries}`;
    lines.push(line.length > columns ? `${line.slice(0, columns - 1)}…` : line);
  }
  return lines;
}

/** Host and path: the query of a URL is long, and may have a secret. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return safeLine(`${host}  ${pathname}`);
}
