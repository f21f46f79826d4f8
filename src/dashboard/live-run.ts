import { sep } from 'node:path';
import { isDone, type Outcome, type Status } from '../model/outcome.ts';
import { rowRecordOf } from '../model/row-fields.ts';
import { safeLine } from '../model/safe-text.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import type { Activity } from '../observe/activity.ts';
import { commandLine } from '../report/command-line.ts';
import type { RequestInFlight, RunState } from '../report/page/page-data.ts';
import { SeriesRecorder } from '../report/page/series.ts';
import { pageReasons, RowGroups } from '../report/row-groups.ts';
import { HostCounts } from './host-counts.ts';
import { KeptRows } from './kept-rows.ts';
import { RowLog } from './row-log.ts';

/** The length of the curves' intervals at first, in ms. */
const INTERVAL = 1000;

/** Hosts, and requests in flight, that are named. */
const MOST_HOSTS = 50;
const MOST_IN_FLIGHT = 20;

/** What is known of a run before it begins. */
export interface LiveFacts {
  /** As it was given. */
  readonly directory: string;
  /** What followed the program's name, secrets hidden. */
  readonly arguments: readonly string[];
  /** How many rows there will be, when that is known. */
  readonly expected: number | undefined;
}

/** Both clocks: the one that goes back never, and the one that rows are dated by. In ms. */
export interface Clock {
  readonly monotonic: () => number;
  readonly epoch: () => number;
}

const SYSTEM: Clock = { monotonic: () => performance.now(), epoch: Date.now };

/** A run as whoever watches it is told of it. What it keeps does not grow with the run. */
export class LiveRun {
  /** The rows that are shown. */
  readonly rows: RowLog = new RowLog();
  /** For `download` to keep up to date. */
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
  #bytes = 0;

  constructor(facts: LiveFacts, activity: Activity, clock: Clock = SYSTEM) {
    this.activity = activity;
    this.#facts = facts;
    this.#clock = clock;
    this.#startedAt = clock.epoch();
    this.#start = clock.monotonic();
  }

  /** Where the files go. */
  get directory(): string {
    return this.#facts.directory;
  }

  /** A row has ended. */
  add(outcome: Outcome): void {
    const { status, attempts, elapsed = 0, timings } = outcome;
    const hasFile = isDone(status);
    this.#totals[status]++;
    this.#groups.add(outcome);
    this.#hosts.add(outcome.item.url, hasFile, outcome.bytes);
    const bytes = status === 'ok' ? outcome.bytes : 0;
    this.#bytes += bytes;
    const start = attempts > 0 ? this.#startOf(outcome) : undefined;
    const end = start === undefined ? this.#elapsed : start + elapsed;
    this.#series.add({ end, isDone: hasFile, bytes, start, timings });
    if (!this.#kept.keeps(hasFile)) return;
    this.rows.add(rowRecordOf(outcome), { path: this.#within(outcome.path), start });
  }

  /** Takes note of how busy the run is; to be called several times a second. */
  note(): void {
    const { inFlight, allowed } = this.activity;
    // 0 of a run that asks nobody just now says nothing of how many there may be.
    const noted = allowed > 0 ? allowed : undefined;
    this.#series.note({ at: this.#elapsed, inFlight, allowed: noted });
  }

  /** How it goes, or went. */
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
      inFlight: this.#inFlight(),
      leftOut: this.#kept.leftOut,
    };
  }

  #inFlight(): RequestInFlight[] {
    const now = this.#clock.monotonic();
    const oldest = this.activity.requests.values().take(MOST_IN_FLIGHT);
    return Array.from(oldest, ({ url, attempt, sentAt }) => {
      const age = Math.max(Math.round(now - sentAt), 0);
      return { url: safeLine(withoutCredentials(url)), attempt, age };
    });
  }

  #startOf({ startedAt }: Outcome): number | undefined {
    return startedAt === undefined ? undefined : Math.max(startedAt - this.#startedAt, 0);
  }

  /** A file's path as the page has it: relative to the directory, with slashes. */
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
