import type { Outcome } from '../../model/outcome.ts';
import { StoppedByRule } from '../../model/stopped-by-rule.ts';
import { type Tally, total } from '../../observe/tally.ts';
import type { Interruption } from '../interruption.ts';
import { UsageError } from './usage-error.ts';

/** How many failures are too many. */
export interface FailureLimit {
  readonly count?: number | undefined;
  /** Of the rows that ended, 0 to 1; looked at from {@link ENOUGH_ROWS} rows on. */
  readonly share?: number | undefined;
}

/** A share of less says nothing: with the first row failed it is all of them. */
const ENOUGH_ROWS = 20;

/** Reads `10` or `5%`. @throws UsageError */
export function parseFailureLimit(text: string): FailureLimit {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(number);
  if (percent === '%' && value <= 100) return { share: value / 100 };
  if (percent === '' && Number.isInteger(value) && value >= 1) return { count: value };
  throw new UsageError('--max-failures N must be a whole number >= 1, or a percentage: 5%');
}

/** Whatever stops a run before its end: a signal, its time, too many failures, a full disk. */
export class StopRules implements Disposable {
  readonly #controller = new AbortController();
  readonly #interruption: Interruption;
  readonly #limit: FailureLimit | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #why: string | undefined;
  #isBroken = false;

  /** @param runTimeout in ms */
  constructor(
    interruption: Interruption,
    { limit, runTimeout }: { limit: FailureLimit | undefined; runTimeout: number | undefined },
  ) {
    this.#interruption = interruption;
    this.#limit = limit;
    interruption.aborted.addEventListener('abort', this.#onInterruption);
    if (interruption.aborted.aborted) this.#onInterruption();
    if (runTimeout !== undefined) {
      this.#timer = setTimeout(() => this.#stop('its time was up (--run-timeout)'), runTimeout);
    }
  }

  /** Aborts when the run is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was stopped, other than by a signal. */
  get why(): string | undefined {
    return this.#why;
  }

  /** It was stopped since it could not go on, whatever the rows. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Looks at the counts after a row has ended, and at how. */
  check(tally: Tally, { reason }: Pick<Outcome, 'reason'>): void {
    if (reason === 'disk-full' && !this.signal.aborted) {
      this.#isBroken = true;
      this.#stop('the disk is full; make room and run the same command again');
    }
    const { count, share } = this.#limit ?? {};
    const ended = total(tally);
    const tooMany = count !== undefined && tally.failed >= count;
    const tooLarge = share !== undefined && ended >= ENOUGH_ROWS && tally.failed > share * ended;
    if (tooMany || tooLarge) {
      this.#stop(`${tally.failed} of ${ended} rows had failed (--max-failures)`);
    }
  }

  readonly #onInterruption = (): void => this.#controller.abort();

  #stop(why: string): void {
    if (this.signal.aborted) return;
    this.#why = why;
    this.#controller.abort(new StoppedByRule(why));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#interruption.aborted.removeEventListener('abort', this.#onInterruption);
  }
}
