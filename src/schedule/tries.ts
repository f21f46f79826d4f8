import { reasonOf } from '../model/reason.ts';
import type { RequestReport } from '../model/request-report.ts';
import { isWorthRetrying, triesWorth } from '../model/worth-retrying.ts';
import { backoff } from './backoff.ts';
import type { OriginHealthView } from './origin-health.ts';
import { patienceOf, type RetryPolicy } from './retry-policy.ts';

/** What is to happen after a try that failed. */
export type NextStep =
  /** Another try, after so many ms, as soon as the origin may be asked. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Another try at once, from the beginning: what there is of the file does not fit any more. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'give-up' };

const GIVE_UP: NextStep = { kind: 'give-up' };
const AT_ONCE: NextStep = { kind: 'wait', ms: 0 };

/** What a server that asks to be left alone is reckoned to ask for at least, in ms. */
const LEAST_ASKED = 1_000;

/**
 * Counts one row's tries, and says what comes after each failure.
 *
 * A refusal says nothing of the row when its origin has answered no request since the row failed
 * before, unless the row is the only one that fails there. Nor does any failure of an origin that is
 * held; the one that came right before the hold is taken back. A server that asks for time is given
 * it, up to the run's patience.
 */
export class Tries {
  readonly #policy: RetryPolicy;
  readonly #urls: readonly string[];
  /** Which of the URLs is next. */
  #place = 0;
  #failures = 0;
  #restarted = false;
  /** The health of the origin that failed last, what it had come to, and whether that counted. */
  #health: OriginHealthView | undefined;
  #answers = 0;
  #holds = 0;
  #isCounted = false;
  /** Failures of the row since that origin's last answer. */
  #inARow = 0;
  /** How long the row was asked to wait in all, in ms. */
  #asked = 0;

  /** @param urls where the file can be had: the next one is taken after each failure */
  constructor(policy: RetryPolicy, urls: readonly string[]) {
    this.#policy = policy;
    this.#urls = urls;
  }

  /** Where to try next. */
  get url(): string {
    return this.#urls[this.#place % this.#urls.length] as string;
  }

  /** Goes on to the next URL that `isOpen`; stays where it is when none is. */
  skipTo(isOpen: (url: string) => boolean): void {
    if (this.#urls.length === 1) return;
    for (let skipped = 0; skipped < this.#urls.length; skipped++) {
      const place = this.#place + skipped;
      if (isOpen(this.#urls[place % this.#urls.length] as string)) {
        this.#place = place;
        return;
      }
    }
  }

  /**
   * What to do after a try failed.
   * @param report of the try, with its failure as the cause
   * @param health of the origin that was asked, this failure included
   */
  after(report: RequestReport, health: OriginHealthView): NextStep {
    const reason = reasonOf(report.cause);
    // The file that is there is the newest: no mirror has to be asked for another one.
    if (reason === 'http-304') return GIVE_UP;
    if ((reason === 'range' || reason === 'http-416') && !this.#restarted) {
      this.#restarted = true;
      return { kind: 'restart' };
    }
    this.#count(report, health);
    this.#place++;
    // A mirror that was not asked yet owes nothing to the failure of another.
    if (this.#place < this.#urls.length) return AT_ONCE;
    const { tries, backoff: bounds, random } = this.#policy;
    // A mirror whose host does not exist says nothing of the others: each has its own tries.
    const most = Math.min(tries, triesWorth(reason, tries) * this.#urls.length);
    if (this.#failures >= most || !isWorthRetrying(reason)) return GIVE_UP;
    if (health.state === 'down' && this.#urls.length === 1) return GIVE_UP;
    if (health.state === 'held') return AT_ONCE;
    return { kind: 'wait', ms: backoff(Math.max(this.#failures, this.#inARow), bounds, random) };
  }

  #count(report: RequestReport, health: OriginHealthView): void {
    const isSame = health === this.#health;
    if (isSame && health.holds > this.#holds && this.#isCounted) this.#failures--;
    const isSilent = isSame && health.answers === this.#answers;
    this.#inARow = isSilent ? this.#inARow + 1 : 1;
    this.#health = health;
    this.#answers = health.answers;
    this.#holds = health.holds;
    this.#isCounted = this.#isOwn(report, health, isSilent);
    if (this.#isCounted) this.#failures++;
  }

  /** Whether the failure is the row's, and not its origin's. */
  #isOwn(
    { sign, retryAfter }: RequestReport,
    { state, failures }: OriginHealthView,
    isSilent: boolean,
  ): boolean {
    if (state === 'down' || sign === 'answered' || sign === 'none') return true;
    if (retryAfter !== undefined) {
      this.#asked += Math.min(Math.max(LEAST_ASKED, retryAfter), this.#policy.backoff.max);
      return this.#asked > patienceOf(this.#policy);
    }
    // A row with a single try ends at once, whatever its origin is.
    if (this.#policy.tries === 1) return true;
    if (sign === 'unreachable') return state !== 'held';
    const isAlone = this.#inARow === failures;
    return isAlone || !(isSilent || state === 'held');
  }
}
