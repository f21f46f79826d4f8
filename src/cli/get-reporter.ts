import type { Outcome } from '../model/outcome.ts';
import { progressOf } from '../observe/progress.ts';
import { count, EMPTY_TALLY, type Tally } from '../observe/tally.ts';
import { Findings } from '../report/findings.ts';
import { doneLine, outcomeLine } from '../report/json.ts';
import { outcomeText } from '../report/outcome-text.ts';
import { summary } from '../report/summary.ts';
import type { GetOptions } from './get-options.ts';
import { ProgressBar } from './progress-bar.ts';

/** In which form, and of how many rows. */
interface ReporterOptions extends Pick<GetOptions, 'json' | 'verbose' | 'quiet'> {
  /** How many there will be, when that is known. */
  readonly rows: number | undefined;
}

/** Shows how a run goes, and what came of it, in the form asked for. */
export class GetReporter implements Disposable {
  readonly #options: ReporterOptions;
  readonly #startedAt = performance.now();
  readonly #findings = new Findings();
  #bar: ProgressBar | undefined;
  #tally = EMPTY_TALLY;

  private constructor(options: ReporterOptions) {
    this.#options = options;
  }

  static async open(options: ReporterOptions): Promise<GetReporter> {
    const { rows, quiet, verbose } = options;
    const reporter = new GetReporter(options);
    if (!quiet && !verbose) {
      const progress = () => progressOf(reporter.#tally, rows, reporter.#elapsed);
      reporter.#bar = await ProgressBar.open(progress);
    }
    return reporter;
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** A row has ended. */
  add(outcome: Outcome): void {
    this.#tally = count(this.#tally, outcome);
    this.#findings.add(outcome);
    if (this.#options.json) process.stdout.write(outcomeLine(outcome));
    else if (this.#options.verbose) process.stdout.write(outcomeText(outcome));
  }

  /** All rows have ended. */
  end(): void {
    this[Symbol.dispose]();
    if (this.#options.json) process.stdout.write(doneLine(this.#tally));
    else if (!this.#options.quiet) process.stdout.write(this.#summary());
  }

  #summary(): string {
    return summary({ findings: this.#findings.all(), elapsed: this.#elapsed });
  }

  get #elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  /** Takes the progress bar down. */
  [Symbol.dispose](): void {
    this.#bar?.[Symbol.dispose]();
  }
}
