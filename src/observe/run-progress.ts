import type { Outcome } from '../model/outcome.ts';
import type { RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';
import type { Activity } from './activity.ts';
import { RecentRate } from './recent-rate.ts';
import { count, EMPTY_TALLY, type Tally, total } from './tally.ts';

/** The speed in bytes is that of these last ms, as in curl; that in files is steadier. */
const BYTES_WINDOW = 5_000;
const FILES_WINDOW = 15_000;

/** A longer time than this says only that the speed is almost 0, in ms: 100 days. */
const LONGEST_ESTIMATE = 100 * 24 * 3_600_000;

/** How far a run has come, in files and bytes. Times are in ms. */
export interface RunProgress {
  readonly elapsed: number;
  readonly tally: Tally;
  /** Files that ended, except for cancelled ones. */
  readonly done: number;
  /** The number of files; undefined while it is not known. */
  readonly total: number | undefined;
  /** `done`, and the parts that are there of those in flight: 2.5 for two files and the half of another. */
  readonly share: number;
  /** The bytes that are there of the files of this run. The number never goes down. */
  readonly bytes: number;
  /** Lately. */
  readonly bytesPerSecond: number;
  /** Lately. */
  readonly filesPerSecond: number;
  /** The time left; Infinity while it cannot be told. */
  readonly remaining: number;
}

/** The part of an {@link Activity} that is read here. */
export type WatchedActivity = Pick<Activity, 'received' | 'requests' | 'waiting'>;

/** Follows a run: counts its outcomes, and measures how fast it goes lately. */
export class ProgressMeter {
  readonly #activity: WatchedActivity;
  readonly #startedAt: number;
  readonly #speed: RecentRate;
  readonly #pace: RecentRate;
  #tally = EMPTY_TALLY;
  /** Bytes of the files that are saved. */
  #saved = 0;
  #bytes = 0;

  /** @param now the time of `performance.now()` */
  constructor(activity: WatchedActivity, now: number) {
    this.#activity = activity;
    this.#startedAt = now;
    this.#speed = new RecentRate(BYTES_WINDOW, now);
    this.#pace = new RecentRate(FILES_WINDOW, now);
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** A row has ended. */
  add(outcome: Outcome): void {
    this.#tally = count(this.#tally, outcome);
    if (outcome.status === 'ok') this.#saved += outcome.bytes;
  }

  /** @param files how many there are, when that is known. Call it a few times a second. */
  look(now: number, files: number | undefined): RunProgress {
    const tally = this.#tally;
    const done = total(tally) - tally.cancelled;
    const known = this.#known();
    const share = done + known.share;
    this.#bytes = Math.max(this.#bytes, this.#saved + known.bytes);
    this.#speed.note(now, this.#activity.received);
    this.#pace.note(now, share);
    const bytesPerSecond = this.#speed.perSecond;
    const filesPerSecond = this.#pace.perSecond;
    // The list may have grown since it was counted.
    const all = files !== undefined && files < done ? undefined : files;
    const left = all === undefined ? Number.POSITIVE_INFINITY : all - share;
    const isAllKnown = all !== undefined && all - done === known.files;
    const estimate = isAllKnown ? known.left / bytesPerSecond : left / filesPerSecond;
    return {
      ...{ elapsed: now - this.#startedAt, tally, done, total: all, share },
      ...{ bytes: this.#bytes, bytesPerSecond, filesPerSecond },
      remaining: all === done ? 0 : plausible(Math.max(estimate * 1000, known.until - now)),
    };
  }

  /** What is known of the files under way, and when the last of those that wait goes on. */
  #known() {
    const { requests, waiting } = this.#activity;
    const sum = { files: 0, bytes: 0, share: 0, left: 0, until: 0 };
    for (const request of requests) addTo(sum, request);
    for (const row of waiting) {
      addTo(sum, row);
      sum.until = Math.max(sum.until, row.until);
    }
    return sum;
  }
}

/** The bytes that are there of a file under way. */
export function bytesOf({ length = Number.POSITIVE_INFINITY, ...file }: FileUnderWay): number {
  const before = 'offset' in file ? file.offset : 0;
  // A segment that was lost comes again, and a server may send more than it has announced.
  return Math.min(before + file.received, length);
}

export type FileUnderWay = RequestInFlight | RowWaiting;

function addTo(
  sum: { files: number; bytes: number; share: number; left: number },
  file: FileUnderWay,
): void {
  const bytes = bytesOf(file);
  sum.bytes += bytes;
  if (file.length === undefined) return;
  sum.files++;
  sum.left += file.length - bytes;
  if (file.length > 0) sum.share += bytes / file.length;
}

/** 0 / 0 and the like, and what is too long to be an estimate, are Infinity. */
function plausible(ms: number): number {
  return ms <= LONGEST_ESTIMATE ? ms : Number.POSITIVE_INFINITY;
}
