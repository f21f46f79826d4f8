import { TruncatedError } from '../model/failure.ts';
import { type Reason, reasonOf } from '../model/reason.ts';
import type { RequestReport } from '../model/request-report.ts';
import { isWorthRetrying, triesWorth } from '../model/worth-retrying.ts';
import { backoff } from './backoff.ts';
import type { OriginHealthView } from './origin-health.ts';
import { patienceOf, type RetryPolicy } from './retry-policy.ts';

/** What follows a try that failed. */
export type NextStep =
  /** Another try, after so many ms, as soon as the origin may be sent one. */
  { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'give-up' };

/** What one try asked for, and how far it got. */
export interface TryMade {
  /** Where in the file its request began, in bytes: 0 for the whole file. */
  readonly from: number;
  /** How many bytes from the beginning of the file there are. */
  readonly reached: number;
}

/**
 * A try that brought so many bytes was worth it: servers that send a file in slices send 64 KiB and more
 * in each.
 */
const WORTH_A_TRY = 64 * 1024;

/** The most tries of a row that brought bytes and do not count. One with few bytes counts as many. */
const MOST_PROGRESS = 100_000;
const PRICE_OF_LITTLE = 100;

/**
 * How requests for a range fail where a request for the whole file may not, beside all statuses.
 */
const REFUSALS: ReadonlySet<Reason> = new Set<Reason>([
  'range',
  'encoding',
  'redirect-loop',
  'redirect-refused',
]);

/** Such failures before there was a status. */
const UNANSWERED: ReadonlySet<Reason> = new Set<Reason>([
  'connection-lost',
  'protocol',
  'timeout-first-byte',
]);

/** Failures that took their time: a row that gets single bytes would be kept for hours. */
const SLOW: ReadonlySet<Reason> = new Set<Reason>(['timeout-idle', 'too-slow']);

const GIVE_UP: NextStep = { kind: 'give-up' };
const AT_ONCE: NextStep = { kind: 'wait', ms: 0 };

/** The shortest pause that a server that asks for one is taken to mean, in ms. */
const LEAST_ASKED = 1_000;

/**
 * Counts one row's tries, and decides what follows each failure.
 *
 * A failure that is the origin's does not count. That is a refusal by an origin which has answered no
 * request since the row failed before, unless the row is the only one that fails there; and any failure
 * while the origin is held. The failure right before a hold is taken back. Pauses that a server asks for
 * do not count either, up to the run's patience. Of a row with a single try, each failure counts.
 *
 * A try that brought more of the file than there was does not count. The count begins anew after it,
 * unless a row has a single try.
 *
 * A refusal of a range says nothing about the file. If the next request for a range would fail in the
 * same way, the whole file is requested at once. If it might not, that request is the last try.
 */
export class Tries {
  readonly #policy: RetryPolicy;
  readonly #urls: readonly string[];
  /** The number of URLs tried or skipped so far: the next URL, modulo their number. */
  #place = 0;
  #failures = 0;
  /** The URLs whose servers refused ranges; undefined for most rows, which have none. */
  #wholeOnly: Set<string> | undefined;
  /** The most bytes of the file that there have been, and the price of the tries that brought them. */
  #reached = 0;
  #progress = 0;
  /** The origin of the latest failure, its health then, and whether the failure counted. */
  #health: OriginHealthView | undefined;
  #answers = 0;
  #holds = 0;
  #isCounted = false;
  /** How often the row has failed since that origin's last answer. */
  #inARow = 0;
  /** How long servers have asked the row to wait, in ms. */
  #asked = 0;

  /** @param urls where the file can be had: each failure leads to the next one */
  constructor(policy: RetryPolicy, urls: readonly string[]) {
    this.#policy = policy;
    this.#urls = urls;
  }

  /** The URL of the next try. */
  get url(): string {
    return this.#urls[this.#place % this.#urls.length] as string;
  }

  /** Whether the next try must be for the whole file, as the server refused a range. */
  get isWholeOnly(): boolean {
    return this.#wholeOnly?.has(this.url) ?? false;
  }

  /** Skips to the next URL for which `isOpen` is true; stays at this one if there is none. */
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

  /** How many tries the row has that fail for `reason`. */
  mostFor(reason: Reason): number {
    const { tries } = this.#policy;
    // That one mirror's host does not exist says nothing about the others: each has its own tries.
    return Math.min(tries, triesWorth(reason, tries) * this.#urls.length);
  }

  /**
   * Decides what follows a failed try.
   * @param report the report of the try, with its failure as the cause
   * @param health the health of the origin, this failure included
   * @param made what the try asked for, and how far it got
   */
  after(report: RequestReport, health: OriginHealthView, made: TryMade): NextStep {
    const { cause } = report;
    const reason = reasonOf(cause);
    // The saved file is the newest: mirrors have no other.
    if (reason === 'http-304') return GIVE_UP;
    const { backoff: bounds, random } = this.#policy;
    const isSlice = cause instanceof TruncatedError && cause.isSlice;
    // A row with a single try ends, unless the server announced that it sends only a slice.
    const mayGoOn = isSlice || (this.#policy.tries > 1 && isWorthRetrying(reason));
    if (mayGoOn && this.#isProgress(made, reason)) {
      this.#failures = 0;
      this.#inARow = 0;
      return isSlice ? AT_ONCE : { kind: 'wait', ms: backoff(1, bounds, random) };
    }
    // A try from 0 may have asked for ranges too: its segments.
    const mayBeWhole = !this.isWholeOnly && (made.from > 0 || reason === 'range');
    if (mayBeWhole && isRefusal(reason)) return this.#askForWhole();
    this.#count(report, health);
    this.#place++;
    // A mirror that was not tried yet need not wait for the failure of another.
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
    return this.#failures >= this.mostFor(reason) || !isWorthRetrying(reason);
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

  /** Whether the failure is the row's, not its origin's. */
  #isOwn(
    { sign, retryAfter }: RequestReport,
    { state, failures }: OriginHealthView,
    isSilent: boolean,
  ): boolean {
    if (state === 'down' || sign === 'answered' || sign === 'none') return true;
    // A row with a single try ends with it, whatever the server asks for.
    if (this.#policy.tries === 1) return true;
    if (retryAfter !== undefined) {
      this.#asked += Math.min(Math.max(LEAST_ASKED, retryAfter), this.#policy.backoff.max);
      return this.#asked > patienceOf(this.#policy);
    }
    if (sign === 'unreachable') return state !== 'held';
    const isAlone = this.#inARow === failures;
    return isAlone || !(isSilent || state === 'held');
  }
}

/** Whether a request for a range would fail for this reason again. */
function isRefusal(reason: Reason): boolean {
  if (isWorthRetrying(reason)) return false;
  return REFUSALS.has(reason) || reason.startsWith('http-');
}

/** Whether a failure that may pass may be the server's way of refusing a range: it began no body. */
function mayBeForRange(reason: Reason): boolean {
  return UNANSWERED.has(reason) || reason.startsWith('http-');
}
