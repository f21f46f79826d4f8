import type { Outcome } from '../../model/outcome.ts';
import { Activity } from '../../observe/activity.ts';
import { progressOf } from '../../observe/progress.ts';
import { count, EMPTY_TALLY, type Tally } from '../../observe/tally.ts';
import { ThroughputHistory } from '../../observe/throughput-history.ts';
import { doneLine, outcomeLine } from '../../report/json.ts';
import { outcomeText } from '../../report/outcome-text.ts';
import { progressLine } from '../../report/progress-line.ts';
import { progressScreen, type TerminalSize } from '../../report/progress-screen.ts';
import { RowGroups } from '../../report/row-groups.ts';
import { summary } from '../../report/summary.ts';
import type { GetOptions } from '../options/get-options.ts';
import { ProgressBar } from './progress-bar.ts';
import { stdoutDrained } from './stdout.ts';

interface ReporterOptions extends Pick<GetOptions, 'json' | 'verbose' | 'quiet'> {
  /** How many rows there will be, when that is known. */
  readonly rows: number | undefined;
  /** Ends the waits for the reader of stdout. */
  readonly stopped: AbortSignal;
  /** The activity that a live page shows already. */
  readonly activity?: Activity | undefined;
}

function isFailure({ status }: Outcome): boolean {
  return status === 'failed' || status === 'not-found';
}

/** Shows the progress and the result of a run: as a bar and a summary, as lines, or as JSON. */
export class GetReporter implements Disposable {
  readonly #options: ReporterOptions;
  readonly #startedAt = performance.now();
  readonly #groups = new RowGroups();
  readonly #activity: Activity;
  readonly #throughput = new ThroughputHistory(this.#startedAt);
  #bytes = 0;
  #bar: ProgressBar | undefined;
  #tally = EMPTY_TALLY;

  private constructor(options: ReporterOptions) {
    this.#options = options;
    this.#activity = options.activity ?? new Activity();
  }

  static async open(options: ReporterOptions): Promise<GetReporter> {
    const { quiet, verbose } = options;
    const reporter = new GetReporter(options);
    if (!quiet && !verbose) {
      reporter.#bar = await ProgressBar.open((size, isLast) => reporter.#screen(size, isLast));
    }
    return reporter;
  }

  /** For `download` to keep up to date; undefined when nothing shows it. */
  get activity(): Activity | undefined {
    return this.#options.activity ?? (this.#bar && this.#activity);
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
    this.#bytes += outcome.status === 'ok' ? outcome.bytes : 0;
    if (this.#options.json) return this.#print(outcomeLine(outcome));
    if (this.#options.verbose) return this.#print(outcomeText(outcome));
    if (this.#options.quiet && isFailure(outcome)) process.stderr.write(outcomeText(outcome));
    return undefined;
  }

  /** All rows have ended. */
  end(): void {
    this[Symbol.dispose]();
    if (this.#options.json) process.stdout.write(doneLine(this.#tally));
    else if (!this.#options.quiet) process.stdout.write(this.#summary());
  }

  #print(line: string): Promise<void> | undefined {
    const isTaken = process.stdout.write(line);
    return isTaken ? undefined : stdoutDrained(this.#options.stopped);
  }

  /** The drawing that stays on the terminal is the progress line alone. */
  #screen(size: TerminalSize, isLast: boolean): string {
    const progress = progressOf(this.#tally, this.#options.rows, this.#elapsed);
    if (isLast) return progressLine(progress, size.columns);
    const { requests, inFlight, allowed } = this.#activity;
    const now = performance.now();
    this.#throughput.note(now, { rows: progress.done, bytes: this.#bytes });
    const throughput = this.#throughput;
    return progressScreen({ progress, throughput, requests, inFlight, allowed, now }, size);
  }

  #summary(): string {
    return summary({ groups: this.#groups.all(), elapsed: this.#elapsed });
  }

  get #elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  /** Ends the progress bar. */
  [Symbol.dispose](): void {
    this.#bar?.[Symbol.dispose]();
  }
}
