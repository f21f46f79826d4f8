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

/** What happened in one interval, but for what is spread over several. */
interface Interval {
  ended: number;
  notDone: number;
  /** Of the loads seen in it. */
  inFlight: number;
  seen: number;
  allowed: number | null;
  latencies: Distribution | undefined;
}

/** Intervals, at most, unless told otherwise: more than a screen has room for. */
const MOST = 600;

/**
 * Makes the curves of a run from its rows, in one pass and in memory that does not grow with them. When
 * there are more than so many intervals, every two are made one.
 */
export class SeriesRecorder {
  readonly #most: number;
  #interval: number;
  #intervals: Interval[] = [];
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
    const interval = this.#at(end);
    interval.ended++;
    if (!isDone) interval.notDone++;
    if (start === undefined) return;
    this.#busy.add(start, Math.max(start, end), end - start);
    if (timings === undefined) return;
    const { sent, firstByte, end: last } = timings;
    interval.latencies ??= new Distribution();
    interval.latencies.add(Math.max(firstByte - sent, 0));
    // The clock may have been set meanwhile, or the row have ended before its body: then at its end.
    const [from, to] = [Math.min(start + firstByte, end), Math.min(start + last, end)];
    this.#bytes.add(Math.max(from, 0), Math.max(from, to, 0), bytes);
  }

  /** Adds the load of the run at a moment. */
  note({ at, inFlight, allowed }: SeenLoad): void {
    const interval = this.#at(at);
    interval.allowed = allowed ?? interval.allowed;
    if (inFlight === undefined) return;
    interval.inFlight += inFlight;
    interval.seen++;
  }

  /** All of it, from the start to `elapsed`. */
  series(elapsed: number): Series {
    this.#widenFor(elapsed);
    const count = Math.max(this.#intervals.length, Math.ceil(elapsed / this.#interval), 1);
    const all = Array.from({ length: count }, (_, i) => this.#intervals[i]);
    const busy = this.#busy.amounts(count);
    const quantile = (share: number) =>
      all.map((one) => rounded(one?.latencies?.quantile(share) ?? null));
    return {
      interval: this.#interval,
      ended: all.map((one) => one?.ended ?? 0),
      notDone: all.map((one) => one?.notDone ?? 0),
      bytes: this.#bytes.amounts(count).map(Math.round),
      inFlight: all.map((one, i) => {
        const fromRows = (busy[i] ?? 0) / this.#interval;
        return rounded(one?.seen ? one.inFlight / one.seen : fromRows);
      }),
      allowed: all.map((one) => one?.allowed ?? null),
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
    };
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

/** Adds to an interval the one after it. */
function join(one: Interval, next: Interval): void {
  one.ended += next.ended;
  one.notDone += next.notDone;
  one.inFlight += next.inFlight;
  one.seen += next.seen;
  one.allowed = next.allowed ?? one.allowed;
  if (one.latencies === undefined) one.latencies = next.latencies;
  else if (next.latencies !== undefined) one.latencies.merge(next.latencies);
}

function rounded<T extends number | null>(value: T): T {
  return (value === null ? null : Math.round(value * 100) / 100) as T;
}
