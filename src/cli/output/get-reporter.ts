import type { Outcome } from '../../model/outcome.ts';
import { Activity } from '../../observe/activity.ts';
import { FilesInView } from '../../observe/files-in-view.ts';
import { ProgressMeter } from '../../observe/run-progress.ts';
import { count, EMPTY_TALLY, type Tally } from '../../observe/tally.ts';
import { ThroughputHistory } from '../../observe/throughput-history.ts';
import { doneLine, outcomeLine, progressEvent } from '../../report/json.ts';
import { outcomeText } from '../../report/outcome-text.ts';
import type { TerminalSize } from '../../report/progress-screen.ts';
import { RowGroups } from '../../report/row-groups.ts';
import { lastRunLine, plainRunLine } from '../../report/run-line.ts';
import { SavedFiles } from '../../report/saved-files.ts';
import { summary } from '../../report/summary.ts';
import { ReaderGoneError } from '../../save/sinks/stream-sink.ts';
import type { GetOptions } from '../options/get-options.ts';
import { canDraw, ProgressBar } from './progress-bar.ts';
import { stdoutDrained } from './write-output.ts';

interface ReporterOptions extends ProgressOptions {
  /** Where the files go. */
  readonly directory: string;
  /** Returns how many rows there will be, once that is known. */
  readonly rows: () => number | undefined;
  /** Whether nothing may be printed on stdout. */
  readonly isStdoutTaken?: boolean | undefined;
  /** Ends the waits for the reader of stdout. */
  readonly stopped: AbortSignal;
  /** The activity that a live page shows already. */
  readonly activity?: Activity | undefined;
}

function isFailure({ status }: Outcome): boolean {
  return status === 'failed' || status === 'not-found';
}

/** The reader of `-o -` has taken what it needs, so nothing is printed. */
function isReaderGone({ error }: Outcome): boolean {
  return error?.cause instanceof ReaderGoneError;
}

/** Shows the progress and the result of a run: as a bar and a summary, as lines, or as JSON. */
export class GetReporter implements Disposable {
  readonly #options: ReporterOptions;
  readonly #startedAt = performance.now();
  readonly #groups = new RowGroups();
  readonly #saved: SavedFiles;
  #progress: GetProgress | undefined;
  #activity: Activity | undefined;
  #tally = EMPTY_TALLY;

  private constructor(options: ReporterOptions) {
    this.#options = options;
    this.#saved = new SavedFiles(options.directory);
    this.#activity = options.activity;
  }

  static async open(options: ReporterOptions): Promise<GetReporter> {
    const reporter = new GetReporter(options);
    const { activity = new Activity(), rows } = options;
    reporter.#progress = await GetProgress.open(options, { activity, rows });
    if (reporter.#progress !== undefined) reporter.#activity = activity;
    return reporter;
  }

  /** For `download` to keep up to date; undefined when nothing shows it. */
  get activity(): Activity | undefined {
    return this.#activity;
  }

  get tally(): Tally {
    return this.#tally;
  }

  /**
   * A row has ended.
   * @returns a promise while the reader of stdout is behind: the run must not go faster than that
   */
  add(outcome: Outcome): Promise<void> | undefined {
    this.#tally = count(this.#tally, outcome);
    this.#groups.add(outcome);
    this.#saved.add(outcome);
    this.#progress?.add(outcome);
    if (this.#options.json) return this.#print(outcomeLine(outcome));
    if (this.#options.verbose) return this.#print(outcomeText(outcome));
    const { quiet, isStdoutTaken } = this.#options;
    if ((quiet || isStdoutTaken) && isFailure(outcome) && !isReaderGone(outcome)) {
      process.stderr.write(outcomeText(outcome));
    }
    return undefined;
  }

  /** Prints a line for people on stderr. */
  note(line: string): void {
    this.#progress?.makeRoom(process.stderr);
    process.stderr.write(`flaghoist: ${line}\n`);
  }

  /** All rows have ended. @param goOn how to go on, for people */
  end(goOn: string): void {
    this[Symbol.dispose]();
    if (this.#options.json) process.stdout.write(doneLine(this.#tally));
    else if (!this.#options.quiet && !this.#options.isStdoutTaken) {
      process.stdout.write(this.#summary() + goOn);
    }
  }

  #print(line: string): Promise<void> | undefined {
    this.#progress?.makeRoom(process.stdout);
    const isTaken = process.stdout.write(line);
    return isTaken ? undefined : stdoutDrained(this.#options.stopped);
  }

  #summary(): string {
    const elapsed = performance.now() - this.#startedAt;
    const saved = this.#options.verbose ? this.#saved.inTotal : this.#saved.lines;
    return summary({ groups: this.#groups.all(), elapsed, saved, thing: 'file' });
  }

  /** Ends the progress. */
  [Symbol.dispose](): void {
    this.#progress?.[Symbol.dispose]();
  }
}

/** Files of a run that are shown one by one, at most. */
const FEW = 5;

/** How often an event is printed, and a line where there is no terminal, in ms. */
const EVENT_EVERY = 1_000;
const LINE_EVERY = 5_000;

/** What decides how progress is shown. */
export type ProgressOptions = Pick<GetOptions, 'json' | 'verbose' | 'quiet' | 'progress'>;

/** What progress is shown of. */
interface WatchedRows {
  readonly activity: Activity;
  /** Returns how many rows there are, once that is known. */
  readonly rows: () => number | undefined;
}

/** Shows how far a `get` has come: drawn on the terminal, as lines of a log, or as JSON. */
export class GetProgress implements Disposable {
  readonly #run: WatchedRows;
  readonly #meter: ProgressMeter;
  readonly #files: FilesInView;
  readonly #history: ThroughputHistory;
  #bar: ProgressBar | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Where events go; undefined without `--progress json`. */
  #events: NodeJS.WriteStream | undefined;

  private constructor(run: WatchedRows) {
    const now = performance.now();
    this.#run = run;
    this.#meter = new ProgressMeter(run.activity, now);
    this.#files = new FilesInView(run.activity, FEW);
    this.#history = new ThroughputHistory(now);
  }

  /** @returns undefined when nothing is to be shown */
  static async open(options: ProgressOptions, run: WatchedRows): Promise<GetProgress | undefined> {
    const look = lookOf(options);
    if (look === 'none') return undefined;
    const progress = new GetProgress(run);
    if (look === 'screen') await progress.#openScreen();
    else if (look === 'lines') progress.#every(LINE_EVERY, () => progress.#printLine());
    else {
      progress.#events = options.json ? process.stdout : process.stderr;
      progress.#every(EVENT_EVERY, () => progress.#printEvent());
    }
    return progress;
  }

  /** A row has ended. */
  add(outcome: Outcome): void {
    this.#meter.add(outcome);
    this.#files.add(outcome, performance.now());
  }

  /** A line on `stream` follows. */
  makeRoom(stream: NodeJS.WriteStream): void {
    this.#bar?.clear(stream);
  }

  async #openScreen(): Promise<void> {
    // Loaded only for a terminal, with its table of character widths.
    const { progressScreen } = await import('../../report/progress-screen.ts');
    this.#bar = await ProgressBar.open((size, isLast) => {
      return isLast ? this.#lastScreen(size) : progressScreen(this.#look(), size);
    });
  }

  #look() {
    const { activity, rows } = this.#run;
    const now = performance.now();
    const progress = this.#meter.look(now, rows());
    this.#history.note(now, { rows: progress.done, bytes: activity.received });
    const isFew = progress.total !== undefined && progress.total <= FEW;
    const files = isFew ? this.#files.look(now) : undefined;
    const { requests, waiting, inFlight, allowed } = activity;
    const throughput = this.#history;
    return { progress, throughput, files, requests, waiting, inFlight, allowed, now };
  }

  /** The bar of many files stays on the terminal. Of a few files the summary says the rest. */
  #lastScreen({ columns }: TerminalSize): string {
    const { progress, files } = this.#look();
    const { received } = this.#run.activity;
    return files === undefined ? lastRunLine(progress, received, columns) : '';
  }

  #printLine(): void {
    process.stderr.write(`${plainRunLine(this.#look().progress)}\n`);
  }

  #printEvent(): void {
    // A reader that is behind gets fewer events, so that they do not pile up.
    if (this.#events?.writableNeedDrain) return;
    this.#events?.write(progressEvent(this.#look()));
  }

  #every(ms: number, show: () => void): void {
    this.#timer = setInterval(show, ms).unref();
  }

  /** Shows the last state. */
  [Symbol.dispose](): void {
    this.#bar?.[Symbol.dispose]();
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#printEvent();
  }
}

function lookOf(options: ProgressOptions): 'screen' | 'lines' | 'events' | 'none' {
  const { progress, quiet, verbose, json } = options;
  if (quiet || progress === 'none') return 'none';
  if (progress === 'json') return 'events';
  if (progress === 'bar') return canDraw() ? 'screen' : 'lines';
  // The lines of stdout would be among the drawing.
  const hasLines = verbose || (json && process.stdout.isTTY);
  return canDraw() && !hasLines ? 'screen' : 'none';
}
