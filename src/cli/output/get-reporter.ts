import type { Outcome } from '../../model/outcome.ts';
import { Activity } from '../../observe/activity.ts';
import { count, EMPTY_TALLY, type Tally } from '../../observe/tally.ts';
import { doneLine, outcomeLine } from '../../report/json.ts';
import { outcomeText } from '../../report/outcome-text.ts';
import { RowGroups } from '../../report/row-groups.ts';
import { SavedFiles } from '../../report/saved-files.ts';
import { summary } from '../../report/summary.ts';
import { GetProgress, type ProgressOptions } from './get-progress.ts';
import { stdoutDrained } from './stdout.ts';

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

/** The reader of `-o -` has what it came for: there is nothing to say. */
function isReaderGone({ error }: Outcome): boolean {
  return error?.cause instanceof Error && error.cause.name === 'ReaderGoneError';
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

  /** All rows have ended. @param goOn how to go on, for people */
  end(goOn: string): void {
    this[Symbol.dispose]();
    if (this.#options.json) process.stdout.write(doneLine(this.#tally));
    else if (!this.#options.quiet && !this.#options.isStdoutTaken) {
      process.stdout.write(this.#summary() + goOn);
    }
  }

  #print(line: string): Promise<void> | undefined {
    this.#progress?.makeRoom();
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
