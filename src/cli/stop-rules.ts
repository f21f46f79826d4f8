import type { Outcome } from '../model/outcome.ts';
import { StoppedByRule } from '../model/stopped-by-rule.ts';
import { type Tally, total } from '../observe/tally.ts';
import type { Interruption } from './interruption.ts';
import type { FailureLimit } from './options/values.ts';

/** The share of failures counts from so many rows on. With fewer it means little: 1 of 1 is all. */
const ENOUGH_ROWS = 20;

/** Stops a run before its end: at a signal, after its time, at too many failures, on a full disk. */
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

  /** Aborts when the run has to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the run was stopped; undefined for a signal. */
  get why(): string | undefined {
    return this.#why;
  }

  /** The run was stopped because no row could have been saved any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** To be called after each row, with the counts so far and how the row ended. */
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
