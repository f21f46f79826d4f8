import type { Timings } from '../../model/response.ts';
import { Distribution } from './distribution.ts';
import type { Series } from './page-data.ts';
import { Spread } from './spread.ts';

/** A row that ended; the moments are in ms since the run's start. */
export interface EndedRow {
  readonly end: number;
  readonly isDone: boolean;
  /** Of the file that it brought; 0 for none. */
  readonly bytes: number;
  /** When it was taken up; undefined when no request was sent for it. */
  readonly start?: number | undefined;
  /** Since `start`. */
  readonly timings?: Timings | undefined;
}

/** The load of a run at a moment, in ms since its start. */
export interface SeenLoad {
  readonly at: number;
  /** By default it is computed from the rows. */
  readonly inFlight?: number | undefined;
  readonly allowed?: number | undefined;
}

/** What happened in one interval, apart from amounts that are spread over several. */
interface Interval {
  ended: number;
  notDone: number;
  /** Of the loads seen in it. */
  inFlight: number;
  seen: number;
  allowed: number | null;
  latencies: Distribution | undefined;
}

/** Intervals that are kept, at most. */
const MOST = 600;

/** Intervals that are shown. A run of few rows has few intervals: with many, most would be empty. */
const FEWEST_SHOWN = 30;
const MOST_SHOWN = 240;
const ROWS_IN_ONE = 20;

/**
 * Makes the curves of a run from its rows, in one pass and in memory that does not grow with them. It
 * keeps short intervals, and merges every two when there are too many. Wider ones are shown, so that runs
 * of half a second and of hours both have a visible curve.
 */
export class SeriesRecorder {
  readonly #most: number;
  #interval: number;
  #intervals: Interval[] = [];
  #rows = 0;
  /** When the load was seen last. */
  #seenAt = Number.POSITIVE_INFINITY;
  readonly #bytes: Spread;
  /** Time that rows were under way, in ms. */
  readonly #busy: Spread;

  /** @param interval the shortest, in ms */
  constructor(interval: number, most = MOST) {
    this.#interval = interval;
    this.#most = most;
    this.#bytes = new Spread(interval);
    this.#busy = new Spread(interval);
  }

  /** Adds a row that has ended. Rows may come in any order. */
  add({ end, isDone, bytes, start, timings }: EndedRow): void {
    this.#rows++;
    const interval = this.#at(end);
    interval.ended++;
    if (!isDone) interval.notDone++;
    if (start === undefined) return;
    this.#busy.add(start, Math.max(start, end), end - start);
    if (timings === undefined) return;
    const { sent, firstByte, end: last } = timings;
    interval.latencies ??= new Distribution();
    interval.latencies.add(Math.max(firstByte - sent, 0));
    // The clock may have been set meanwhile, or the row may have ended before its body. Then the end
    // counts.
    const [from, to] = [Math.min(start + firstByte, end), Math.min(start + last, end)];
    if (bytes > 0) this.addBytes(from, to, bytes);
  }

  /** Adds bytes that came between two moments, in ms since the run's start. */
  addBytes(from: number, to: number, bytes: number): void {
    this.#widenFor(to);
    this.#bytes.add(Math.max(from, 0), Math.max(from, to, 0), bytes);
  }

  /** Adds the load of the run at a moment. */
  note({ at, inFlight, allowed }: SeenLoad): void {
    const interval = this.#at(at);
    interval.allowed = allowed ?? interval.allowed;
    if (inFlight === undefined) return;
    interval.inFlight += inFlight;
    interval.seen++;
    // A short interval between two looks has the load of the last one.
    for (let between = this.#seenAt + this.#interval; between < at; between += this.#interval) {
      const one = this.#at(between);
      if (one.seen > 0) continue;
      one.inFlight = inFlight;
      one.seen = 1;
    }
    this.#seenAt = at;
  }

  /** All of it, from the start to `elapsed`. */
  series(elapsed: number): Series {
    this.#widenFor(elapsed);
    const kept = Math.max(this.#intervals.length, Math.ceil(elapsed / this.#interval), 1);
    const joined = this.#joinedFor(elapsed);
    const interval = joined * this.#interval;
    const count = Math.ceil(kept / joined);
    const all = Array.from({ length: count }, (_, i) =>
      this.#intervals.slice(i * joined, (i + 1) * joined).reduce(join, emptyInterval()),
    );
    const busy = sums(this.#busy.amounts(kept), joined);
    const quantile = (share: number) =>
      all.map(({ latencies }) => rounded(latencies?.quantile(share) ?? null));
    return {
      interval,
      ended: all.map(({ ended }) => ended),
      notDone: all.map(({ notDone }) => notDone),
      bytes: sums(this.#bytes.amounts(kept), joined).map(Math.round),
      inFlight: all.map(({ seen, inFlight }, i) =>
        rounded(seen > 0 ? inFlight / seen : (busy[i] ?? 0) / interval),
      ),
      allowed: all.map(({ allowed }) => allowed),
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
    };
  }

  /** How many intervals that are kept are shown as one: 1, 2, 5, 10, 20, 50 … */
  #joinedFor(elapsed: number): number {
    const wanted = Math.min(Math.max(this.#rows / ROWS_IN_ONE, FEWEST_SHOWN), MOST_SHOWN);
    for (let ten = 1; ; ten *= 10) {
      for (const joined of [ten, 2 * ten, 5 * ten]) {
        if (elapsed <= joined * this.#interval * wanted) return joined;
      }
    }
  }

  #at(moment: number): Interval {
    this.#widenFor(moment);
    const place = Math.max(Math.floor(moment / this.#interval), 0);
    while (this.#intervals.length <= place) this.#intervals.push(emptyInterval());
    return this.#intervals[place] as Interval;
  }

  #widenFor(moment: number): void {
    while (moment >= this.#interval * this.#most) {
      const pairs: Interval[] = [];
      this.#intervals.forEach((one, i) => {
        const before = pairs[i >> 1];
        if (before === undefined) pairs.push(one);
        else join(before, one);
      });
      this.#intervals = pairs;
      this.#bytes.widen();
      this.#busy.widen();
      this.#interval *= 2;
    }
  }
}

function emptyInterval(): Interval {
  return { ended: 0, notDone: 0, inFlight: 0, seen: 0, allowed: null, latencies: undefined };
}

/** Adds to an interval the one after it. @returns `one` */
function join(one: Interval, next: Interval): Interval {
  one.ended += next.ended;
  one.notDone += next.notDone;
  one.inFlight += next.inFlight;
  one.seen += next.seen;
  one.allowed = next.allowed ?? one.allowed;
  if (next.latencies !== undefined) {
    one.latencies ??= new Distribution();
    one.latencies.merge(next.latencies);
  }
  return one;
}

/** The sums of so many amounts at a time. */
function sums(amounts: readonly number[], joined: number): number[] {
  const sums: number[] = [];
  amounts.forEach((amount, i) => {
    const place = Math.floor(i / joined);
    sums[place] = (sums[place] ?? 0) + amount;
  });
  return sums;
}

function rounded<T extends number | null>(value: T): T {
  return (value === null ? null : Math.round(value * 100) / 100) as T;
}
