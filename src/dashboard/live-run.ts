import { sep } from 'node:path';
import { isDone, type Outcome, type Status } from '../model/outcome.ts';
import { rowRecordOf } from '../model/row-fields.ts';
import { safeLine } from '../model/safe-text.ts';
import type { Activity } from '../observe/activity.ts';
import { ProgressMeter } from '../observe/run-progress.ts';
import { commandLine } from '../report/command-line.ts';
import type { RunNow, RunState } from '../report/page/page-data.ts';
import { SeriesRecorder } from '../report/page/series.ts';
import { pageReasons, RowGroups } from '../report/row-groups.ts';
import { HostCounts } from './host-counts.ts';
import { KeptRows } from './kept-rows.ts';
import { PresentMoment } from './present-moment.ts';
import { RowLog } from './row-log.ts';

/** The length of the curves' shortest intervals at first, in ms. */
const INTERVAL = 100;

/** Hosts that the page names, at most. */
const MOST_HOSTS = 50;

/** What is known about a run before it begins. */
export interface LiveFacts {
  /** The directory as it was given. */
  readonly directory: string;
  /** The command line after the program's name, with secrets hidden. */
  readonly arguments: readonly string[];
  /** The number of rows, once it is known. */
  readonly expected: number | undefined;
}

/** Both clocks, in ms: one that never goes back, and the one that rows are dated by. */
export interface Clock {
  readonly monotonic: () => number;
  readonly epoch: () => number;
}

const SYSTEM: Clock = { monotonic: () => performance.now(), epoch: Date.now };

/** What the live page shows of a run. Its memory does not grow with the run. */
export class LiveRun {
  /** The rows that are shown. */
  readonly rows: RowLog = new RowLog();
  /** Kept up to date by `download`. */
  readonly activity: Activity;
  readonly #facts: LiveFacts;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #start: number;
  readonly #totals: Record<Status, number> = {
    ...{ ok: 0, skipped: 0, 'not-found': 0, failed: 0, cancelled: 0 },
  };
  readonly #groups = new RowGroups();
  readonly #hosts = new HostCounts();
  readonly #series = new SeriesRecorder(INTERVAL);
  readonly #kept = new KeptRows();
  readonly #present: PresentMoment;
  readonly #progress: ProgressMeter;
  #bytes = 0;
  /** The bytes that had come when the load was noted last. */
  #noted = { at: 0, received: 0 };

  constructor(facts: LiveFacts, activity: Activity, clock: Clock = SYSTEM) {
    this.activity = activity;
    this.#facts = facts;
    this.#clock = clock;
    this.#startedAt = clock.epoch();
    this.#start = clock.monotonic();
    this.#present = new PresentMoment(activity);
    this.#progress = new ProgressMeter(activity, this.#start);
  }

  /** Where the files go. */
  get directory(): string {
    return this.#facts.directory;
  }

  /** Adds the outcome of a row. */
  add(outcome: Outcome): void {
    const { status, attempts, elapsed = 0, timings } = outcome;
    const hasFile = isDone(status);
    this.#totals[status]++;
    this.#progress.add(outcome);
    this.#groups.add(outcome);
    this.#hosts.add(outcome.item.url, hasFile, outcome.bytes);
    const bytes = status === 'ok' ? outcome.bytes : 0;
    this.#bytes += bytes;
    const start = attempts > 0 ? this.#startOf(outcome) : undefined;
    const end = start === undefined ? this.#elapsed : start + elapsed;
    // Bytes are noted as they come.
    this.#series.add({ end, isDone: hasFile, bytes: 0, start, timings });
    if (!this.#kept.keeps(hasFile)) return;
    this.rows.add(rowRecordOf(outcome), { path: this.#within(outcome.path), start });
  }

  /** Notes the load of the run. Call it several times a second. */
  note(): void {
    const { inFlight, allowed, received } = this.activity;
    const elapsed = this.#elapsed;
    this.#series.addBytes(this.#noted.at, elapsed, received - this.#noted.received);
    this.#noted = { at: elapsed, received };
    const now = this.#clock.monotonic();
    this.#present.note(now);
    this.#progress.look(now, this.#facts.expected);
    // A run without requests in flight allows 0, which says nothing about the limit.
    const noted = allowed > 0 ? allowed : undefined;
    this.#series.note({ at: elapsed, inFlight, allowed: noted });
  }

  /** The present state of the run. */
  state(ending: RunState['ending']): RunState {
    const elapsed = this.#elapsed;
    const { hosts, others } = this.#hosts.top(MOST_HOSTS);
    const ended = Object.values(this.#totals).reduce((sum, rows) => sum + rows, 0);
    return {
      directory: safeLine(this.#facts.directory),
      command: commandLine(this.#facts.arguments),
      startedAt: this.#startedAt,
      elapsed: Math.round(elapsed),
      ending,
      expected: ending === 'complete' ? ended : this.#facts.expected,
      totals: { ...this.#totals },
      bytes: this.#bytes,
      reasons: pageReasons(this.#groups.all()),
      hosts,
      otherHosts: others,
      series: this.#series.series(elapsed),
      ...(ending === 'running' ? { now: this.#now() } : {}),
      leftOut: this.#kept.leftOut,
    };
  }

  #now(): RunNow {
    const now = this.#clock.monotonic();
    return this.#present.look(now, this.#progress.look(now, this.#facts.expected));
  }

  #startOf({ startedAt }: Outcome): number | undefined {
    return startedAt === undefined ? undefined : Math.max(startedAt - this.#startedAt, 0);
  }

  /** The path of a file as the page has it: relative to the directory, with slashes. */
  #within(path: string | undefined): string | undefined {
    if (path === undefined) return undefined;
    const { directory } = this.#facts;
    const start = directory.endsWith(sep) ? directory : directory + sep;
    const within = path.startsWith(start) ? path.slice(start.length) : path;
    return sep === '/' ? within : within.replaceAll(sep, '/');
  }

  get #elapsed(): number {
    return this.#clock.monotonic() - this.#start;
  }
}
