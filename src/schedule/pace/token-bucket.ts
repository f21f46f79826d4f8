/** What a {@link TokenBucket} goes by. */
export interface TokenBucketOptions {
  /** Tokens that come in each ms. */
  readonly perMs: number;
  /** Tokens that may be saved up, and so be taken at once after a pause. */
  readonly burst: number;
  /** A clock in ms that never goes back; a test has its own. */
  readonly now?: (() => number) | undefined;
}

/**
 * Spreads something over time: requests, bytes. Tokens come in evenly; what is taken before it has
 * come is owed, and whoever takes next waits for that first.
 *
 * Kept as the one moment at which all that was taken has come in, as the generic cell rate
 * algorithm does (ITU-T I.371): nothing is added up in small steps, so nothing drifts.
 */
export class TokenBucket {
  #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** When all tokens taken so far have come in, in ms of the clock; the bucket is empty then. */
  #paidAt: number;

  /** Full to begin with. @throws RangeError when `perMs` or `burst` is not more than 0 */
  constructor({ perMs, burst, now = () => performance.now() }: TokenBucketOptions) {
    this.#perMs = requirePositive('perMs', perMs);
    this.#burst = requirePositive('burst', burst);
    this.#now = now;
    this.#paidAt = now() - burst / perMs;
  }

  /** Tokens that come in each ms. */
  get perMs(): number {
    return this.#perMs;
  }

  /** From now on tokens come in at another rate; those that are there, or owed, stay as many. */
  set perMs(perMs: number) {
    requirePositive('perMs', perMs);
    const now = this.#now();
    this.#paidAt = now - ((now - this.#paidAtLeast(now)) * this.#perMs) / perMs;
    this.#perMs = perMs;
  }

  /**
   * How long until `tokens` may be taken, in ms; 0 when they may be now. For more than the burst:
   * until the bucket is full, since they never are there all at once.
   */
  remaining(tokens = 1): number {
    const now = this.#now();
    const there = Math.min(tokens, this.#burst);
    return Math.max(0, this.#paidAtLeast(now) + there / this.#perMs - now);
  }

  /**
   * Takes `tokens`, in the order of the calls.
   * @returns how long to wait before making use of them, in ms; 0 when they were there
   */
  take(tokens = 1): number {
    const now = this.#now();
    this.#paidAt = this.#paidAtLeast(now) + tokens / this.#perMs;
    return Math.max(0, this.#paidAt - now);
  }

  /** What came in beyond the burst has flowed over. */
  #paidAtLeast(now: number): number {
    return Math.max(this.#paidAt, now - this.#burst / this.#perMs);
  }
}

function requirePositive(name: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`${name} must be more than 0, not ${value}`);
}
