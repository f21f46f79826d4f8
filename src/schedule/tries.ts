import { HttpStatusError } from '../model/failure.ts';
import { reasonOf } from '../model/reason.ts';
import { isWorthRetrying, mostTries } from '../model/worth-retrying.ts';
import { type BackoffOptions, backoff } from './backoff.ts';

/** How often, and how soon, a row is tried again. */
export interface RetryPolicy {
  /** Tries for a row, the first one included. */
  readonly tries: number;
  readonly backoff: BackoffOptions;
  /** The longest that a server may ask to be left alone, in ms; for more the row is given up. */
  readonly maxWait: number;
  /** A number from 0 up to, not including, 1: the jitter. */
  readonly random: () => number;
}

/** What is to happen after a try that failed. */
export type NextStep =
  /** Another try, after so many ms. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Another try, once the origin may be asked again: in so many ms, for every row. */
  | { readonly kind: 'hold'; readonly ms: number }
  /** Another try at once, from the beginning: what there is of the file does not fit any more. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'give-up' };

const GIVE_UP: NextStep = { kind: 'give-up' };

/** With Retry-After these ask for time; that is no failure (RFC 9110 section 15.6.4, RFC 6585). */
const ASKS_TO_WAIT = new Set([429, 503]);

/** A server that asks for time again and again: from then on it counts as a failure after all. */
const MOST_HOLDS = 20;

/** Counts one row's tries, and says what comes after each failure. */
export class Tries {
  readonly #policy: RetryPolicy;
  readonly #urls: readonly string[];
  #failures = 0;
  #holds = 0;
  #restarted = false;

  /** @param urls where the file can be had: the next one is taken after each failure */
  constructor(policy: RetryPolicy, urls: readonly string[]) {
    this.#policy = policy;
    this.#urls = urls;
  }

  /** Where to try next. */
  get url(): string {
    return this.#urls[this.#failures % this.#urls.length] as string;
  }

  /** What to do after a try failed with `error`. */
  after(error: unknown): NextStep {
    const reason = reasonOf(error);
    // The file that is there is the newest: no mirror has to be asked for another one.
    if (reason === 'http-304') return GIVE_UP;
    if ((reason === 'range' || reason === 'http-416') && !this.#restarted) {
      this.#restarted = true;
      return { kind: 'restart' };
    }
    const asked = askedFor(error);
    const isTooLong = asked !== undefined && asked > this.#policy.maxWait;
    if (asked !== undefined && !isTooLong && this.#holds++ < MOST_HOLDS) {
      return { kind: 'hold', ms: asked };
    }
    this.#failures++;
    // A mirror that was not asked yet owes nothing to the failure of another.
    if (this.#failures < this.#urls.length) return { kind: 'wait', ms: 0 };
    if (isTooLong || !isWorthRetrying(reason)) return GIVE_UP;
    // A mirror whose host does not exist says nothing of the others: each has its own tries.
    const most = Math.min(this.#policy.tries, mostTries(reason) * this.#urls.length);
    if (this.#failures >= most) return GIVE_UP;
    return { kind: 'wait', ms: backoff(this.#failures, this.#policy.backoff, this.#policy.random) };
  }
}

/** How long the server asks to be left alone, in ms; undefined when it does not. */
function askedFor(error: unknown): number | undefined {
  const asks = error instanceof HttpStatusError && ASKS_TO_WAIT.has(error.status);
  return asks ? error.retryAfter : undefined;
}
