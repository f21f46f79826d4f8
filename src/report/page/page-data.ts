/**
 * What the page in `web/` shows. A finished run has all of it in the file itself; a live one gets it by
 * server-sent events: `state` again and again, `rows` as they end. Times are in ms.
 */
import type { Status } from '../../model/outcome.ts';
import type { PageFieldName, RowRecord } from '../../model/row-fields.ts';
import type { HostTotals, RowGroup } from '../../model/row-group.ts';
import type { ComparePage } from '../comparison.ts';

/** What is in the file: `<script type="application/json" id="page-data">`. */
export type PageData = ReportPage | LivePage | FleetPage | ComparePage;

/** `flaghoist report DIR --format html`. */
export interface ReportPage {
  readonly kind: 'report';
  readonly state: RunState;
  readonly rows: RowColumns;
  /** Pictures that were downloaded, as `data:` URLs, by their row's place in {@link rows}. */
  readonly pictures: readonly Picture[];
}

/** `--dashboard`: the page asks for `events?token=…` beside itself, with the token of its own URL. */
export interface LivePage {
  readonly kind: 'live';
}

/** `--dashboard` of a fleet: it asks for events as a live page does, and gets states alone. */
interface FleetPage {
  readonly kind: 'fleet';
}

/** A plan that many workers download. The totals are of the shards that have ended. */
export interface FleetState
  extends Pick<RunState, 'ending' | 'expected' | 'totals' | 'bytes' | 'reasons' | 'startedAt'> {
  readonly plan: string;
  /** Where its files go. */
  readonly sink: string;
  readonly shards: ShardsNow;
  /** What the workers do at the moment, all together. Speeds are those of the last few seconds. */
  readonly now: FleetNow;
  /** The workers that began first, and how many others there are. */
  readonly workers: readonly ShownWorker[];
  readonly otherWorkers: number;
  /** Origins that do not serve come first, then those with the most demand. */
  readonly origins: readonly ShownOrigin[];
  readonly otherOrigins: number;
}

export interface ShardsNow {
  readonly done: number;
  /** In the hands of workers. */
  readonly active: number;
  readonly waiting: number;
  /** Given up, after workers had died over each. */
  readonly failed: number;
}

interface FleetNow {
  /** Ended rows of shards that have not ended. */
  readonly inHand: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  /** The time left; undefined while it cannot be told. */
  readonly remaining?: number | undefined;
}

/** A worker, and its shard. */
export interface ShownWorker {
  readonly name: string;
  /** When it began, and how long ago it was heard of. */
  readonly startedAt: number;
  readonly heardAgo: number;
  /** Undefined while it waits for one. */
  readonly shard?: number | undefined;
  readonly rows: number;
  readonly ended: number;
  readonly inFlight: number;
  readonly waiting: number;
  /** Rows and bytes since it began. */
  readonly done: number;
  readonly notDone: number;
  readonly received: number;
}

/** An origin that workers have rows for. */
export interface ShownOrigin {
  readonly origin: string;
  readonly workers: number;
  /** Requests that may be in flight now, and those that there would be without a limit. */
  readonly allowed: number;
  readonly demand: number;
  /** How long it gets no requests: it asked for a pause, or one worker probes it. */
  readonly heldFor?: number | undefined;
  readonly isProbed?: boolean | undefined;
  /** How long it stays given up, and why it is. */
  readonly downFor?: number | undefined;
  readonly why?: string | undefined;
}

/** A run, without its rows. The counts are of all of them, also of those that are not shown. */
export interface RunState {
  /** The directory of the run, as it was given. */
  readonly directory: string;
  /** The command line, with secrets hidden. */
  readonly command: string;
  /** In ms since the epoch: 0 on the time axes. */
  readonly startedAt: number;
  /** How long it took, or how long it has been under way. */
  readonly elapsed: number;
  /** `running`, or how the run ended; `killed` when the ledger has no end of it. */
  readonly ending: 'running' | 'complete' | 'stopped' | 'interrupted' | 'broken' | 'killed';
  /** How many rows there are; undefined while that is not known. */
  readonly expected?: number | undefined;
  /** Rows that ended, by how; they add up to the rows read. */
  readonly totals: Readonly<Record<Status, number>>;
  /** Bytes of the files. */
  readonly bytes: number;
  /** Ways to end, the most frequent first; their rows add up to the totals. */
  readonly reasons: readonly PageReason[];
  /** The hosts with the most rows, and how many others there are. */
  readonly hosts: readonly HostTotals[];
  readonly otherHosts: number;
  readonly series: Series;
  /** What the run is doing now; undefined for a run that is over. */
  readonly now?: RunNow | undefined;
  /** Rows that {@link RowColumns} leave out, and in words which; undefined when all are there. */
  readonly leftOut?: { readonly rows: number; readonly which: string } | undefined;
}

/** Rows that ended in the same way, and what to do about it. */
export interface PageReason extends RowGroup {
  readonly advice?: string | undefined;
}

/** The course of a run, in intervals of the same length: element i is about the i-th interval. */
export interface Series {
  /** The length of an interval. */
  readonly interval: number;
  /** Rows that ended in it. */
  readonly ended: readonly number[];
  /** Of those, the ones neither ok nor skipped. */
  readonly notDone: readonly number[];
  /** Bytes of the files that came in it. */
  readonly bytes: readonly number[];
  /** Rows under way, on average. */
  readonly inFlight: readonly number[];
  /** How many requests were allowed at its end (`-m auto` finds it); null where it was not noted. */
  readonly allowed: readonly (number | null)[];
  /** From sent to first byte, of those that ended in it; null when there were none. */
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

/** A field that the page has, for each row: '' or 0 where a row has none. Texts are without secrets. */
type FieldColumns = {
  readonly [Name in PageFieldName]: readonly NonNullable<RowRecord[Name]>[];
};

/** Columns of times, in ms. They are not those of the table of fields: the page's 0 is the run's start. */
export const TIME_COLUMNS = [
  'start',
  'queued',
  'tried',
  'sent',
  'firstByte',
  'bodyEnd',
  'end',
] as const;

/** Rows that ended, a column each: element i of every column is about the same row. */
export interface RowColumns extends FieldColumns {
  /**
   * When the row was taken up, since the run's start; null for rows of earlier runs, and those that no
   * request was sent for: they are not in the waterfall.
   */
  readonly start: readonly (number | null)[];
  /** The wait for its turn before that. */
  readonly queued: readonly number[];
  /** How long the tries before the last one took, since `start`; 0 for a row with one try. */
  readonly tried: readonly number[];
  /** The next four since `start`; the first three null when no answer came to its end. */
  readonly sent: readonly (number | null)[];
  readonly firstByte: readonly (number | null)[];
  readonly bodyEnd: readonly (number | null)[];
  /** When it was saved, or failed. */
  readonly end: readonly number[];
}

export interface Picture {
  /** Place in the columns. */
  readonly row: number;
  readonly src: string;
}

/** What a run is doing. Speeds are in bytes a second, and of the last few seconds. */
export interface RunNow {
  /** Bytes that have come so far, by all requests, as they were sent. */
  readonly received: number;
  readonly speed: number;
  /** How much of the run is done, parts of files included, from 0 to 1; undefined while that is not known. */
  readonly share?: number | undefined;
  /** The time left; undefined while it cannot be told. */
  readonly remaining?: number | undefined;
  /** The requests that have been in flight for longest, at most 20. */
  readonly requests: readonly ShownRequest[];
  /** The number of requests in flight. */
  readonly inFlight: number;
  /** The rows whose next try is soonest, at most 10. */
  readonly waiting: readonly ShownWait[];
  /** The number of rows that wait for their next try. */
  readonly waits: number;
}

/** A request whose response is not complete yet. */
export interface ShownRequest {
  readonly url: string;
  /** Which try of its row, from 1. */
  readonly attempt: number;
  /** How long it has been under way. */
  readonly age: number;
  /** What there is of the file, in bytes. */
  readonly bytes: number;
  /** The length of the whole file in bytes; undefined where it is not known. */
  readonly length?: number | undefined;
  readonly speed: number;
}

/** A row that waits for its next try. */
export interface ShownWait {
  readonly url: string;
  /** `503 from example.com, again in 4 s (2 of 4)`. */
  readonly text: string;
}
