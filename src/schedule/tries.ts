import { TruncatedError } from '../model/failure.ts';
import { type Reason, reasonOf } from '../model/reason.ts';
import type { RequestReport } from '../model/request-report.ts';
import { isWorthRetrying, triesWorth } from '../model/worth-retrying.ts';
import { backoff } from './backoff.ts';
import type { OriginHealthView } from './origin-health.ts';
import { patienceOf, type RetryPolicy } from './retry-policy.ts';

/** What is to happen after a try that failed. */
export type NextStep =
  /** Another try, after so many ms, as soon as the origin may be asked. */
  { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'give-up' };

/** What one try asked for, and what it had come to when it failed. */
export interface TryMade {
  /** Where in the file its request began, in bytes: 0 for the whole file. */
  readonly from: number;
  /** How many bytes of the file there are, from its first one on. */
  readonly reached: number;
}

/**
 * A try that brought so many bytes is hardly ever one too many: servers that send a file in slices send
 * 64 KiB and more in each.
 */
const WORTH_A_TRY = 64 * 1024;

/** Tries of a row that brought bytes and are not counted, at most: those with fewer bytes are dearer. */
const MOST_PROGRESS = 100_000;
const PRICE_OF_LITTLE = 100;

/** What a server may answer to a range, and not to a request for the whole file. Each status may, too. */
const REFUSALS: ReadonlySet<Reason> = new Set<Reason>([
  'range',
  'encoding',
  'redirect-loop',
  'redirect-refused',
]);

/** Without a status. */
const UNANSWERED: ReadonlySet<Reason> = new Set<Reason>([
  'connection-lost',
  'protocol',
  'timeout-first-byte',
]);

/** Failures that took their time: bytes by ones would keep a row for hours. */
const SLOW: ReadonlySet<Reason> = new Set<Reason>(['timeout-idle', 'too-slow']);

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
 *
 * A try that brought more of the file than there was is not counted, and the tries begin anew after it,
 * where there is more than one.
 *
 * A refusal of a range says nothing of the file. A failure that would be the same the next time is answered
 * with a request for the whole file at once, one that may pass with such a request as the last try.
 */
export class Tries {
  readonly #policy: RetryPolicy;
  readonly #urls: readonly string[];
  /** Which of the URLs is next. */
  #place = 0;
  #failures = 0;
  /** The URLs that ranges are not asked of any more; undefined for most rows, which have none. */
  #wholeOnly: Set<string> | undefined;
  /** The most bytes of the file that there have been, and what the tries that brought them cost. */
  #reached = 0;
  #progress = 0;
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

  /** Whether the whole file has to be asked for there, since its server refused a range. */
  get isWholeOnly(): boolean {
    return this.#wholeOnly?.has(this.url) ?? false;
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
   * @param made what the try asked for, and came to
   */
  after(report: RequestReport, health: OriginHealthView, made: TryMade): NextStep {
    const { cause } = report;
    const reason = reasonOf(cause);
    // The file that is there is the newest: no mirror has to be asked for another one.
    if (reason === 'http-304') return GIVE_UP;
    const { backoff: bounds, random } = this.#policy;
    const isSlice = cause instanceof TruncatedError && cause.isSlice;
    // A row with a single try ends at once, unless the response came as it was announced.
    const mayGoOn = isSlice || (this.#policy.tries > 1 && isWorthRetrying(reason));
    if (mayGoOn && this.#isProgress(made, reason)) {
      this.#failures = 0;
      this.#inARow = 0;
      return isSlice ? AT_ONCE : { kind: 'wait', ms: backoff(1, bounds, random) };
    }
    // Ranges are also asked for behind a first response that began at 0: segments.
    const mayBeWhole = !this.isWholeOnly && (made.from > 0 || reason === 'range');
    if (mayBeWhole && isRefusal(reason)) return this.#askForWhole();
    this.#count(report, health);
    this.#place++;
    // A mirror that was not asked yet owes nothing to the failure of another.
    if (this.#place < this.#urls.length) return AT_ONCE;
    if (this.#isSpent(reason) || (health.state === 'down' && this.#urls.length === 1)) {
      if (!mayBeWhole || !mayBeForRange(reason) || health.state === 'down') return GIVE_UP;
      this.#place--;
      return this.#askForWhole();
    }
    if (health.state === 'held') return AT_ONCE;
    return { kind: 'wait', ms: backoff(Math.max(this.#failures, this.#inARow), bounds, random) };
  }

  #isProgress({ from, reached }: TryMade, reason: Reason): boolean {
    const before = Math.max(this.#reached, from);
    const gained = reached - before;
    this.#reached = Math.max(before, reached);
    if (gained <= 0) return false;
    if (gained < WORTH_A_TRY && SLOW.has(reason)) return false;
    this.#progress += gained < WORTH_A_TRY ? PRICE_OF_LITTLE : 1;
    return this.#progress <= MOST_PROGRESS;
  }

  #askForWhole(): NextStep {
    this.#wholeOnly ??= new Set();
    this.#wholeOnly.add(this.url);
    return AT_ONCE;
  }

  #isSpent(reason: Reason): boolean {
    const { tries } = this.#policy;
    // A mirror whose host does not exist says nothing of the others: each has its own tries.
    const most = Math.min(tries, triesWorth(reason, tries) * this.#urls.length);
    return this.#failures >= most || !isWorthRetrying(reason);
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

/** Whether a failure with this reason, of a request for a range, would be the same the next time. */
function isRefusal(reason: Reason): boolean {
  if (isWorthRetrying(reason)) return false;
  return REFUSALS.has(reason) || reason.startsWith('http-');
}

/** Whether a failure that may pass may be the server's way to refuse a range: it began no body. */
function mayBeForRange(reason: Reason): boolean {
  return UNANSWERED.has(reason) || reason.startsWith('http-');
}
