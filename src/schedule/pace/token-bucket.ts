/** Options of a {@link TokenBucket}. */
export interface TokenBucketOptions {
  /** How many tokens come in each ms. */
  readonly perMs: number;
  /** The most tokens that are saved up, and so can be taken at once after a pause. */
  readonly burst: number;
  /** A clock in ms that never goes back. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/**
 * Spreads requests or bytes over time. Tokens come in evenly. A token that is taken before it has come
 * in is owed, and the next caller waits for it first.
 *
 * The state is one time, at which all tokens taken have come in, as in the generic cell rate algorithm
 * (ITU-T I.371). Nothing is added up in small steps, so nothing drifts.
 */
export class TokenBucket {
  #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** When all tokens taken so far have come in, in ms of the clock: the bucket is empty then. */
  #paidAt: number;

  /** Begins with a full bucket. @throws RangeError when `perMs` or `burst` is not more than 0 */
  constructor({ perMs, burst, now = () => performance.now() }: TokenBucketOptions) {
    this.#perMs = requirePositive('perMs', perMs);
    this.#burst = requirePositive('burst', burst);
    this.#now = now;
    this.#paidAt = now() - burst / perMs;
  }

  /** How many tokens come in each ms. */
  get perMs(): number {
    return this.#perMs;
  }

  /** Changes the rate from now on. The tokens in the bucket, or owed, stay as many. */
  set perMs(perMs: number) {
    requirePositive('perMs', perMs);
    const now = this.#now();
    this.#paidAt = now - ((now - this.#paidAtLeast(now)) * this.#perMs) / perMs;
    this.#perMs = perMs;
  }

  /**
   * How long until `tokens` can be taken, in ms; 0 for now. For more tokens than the burst: until the
   * bucket is full, as it never holds them all.
   */
  remaining(tokens = 1): number {
    const now = this.#now();
    const there = Math.min(tokens, this.#burst);
    return Math.max(0, this.#paidAtLeast(now) + there / this.#perMs - now);
  }

  /**
   * Takes `tokens`, in the order of the calls.
   * @returns how long to wait before using them, in ms; 0 when the bucket had them
   */
  take(tokens = 1): number {
    const now = this.#now();
    this.#paidAt = this.#paidAtLeast(now) + tokens / this.#perMs;
    return Math.max(0, this.#paidAt - now);
  }

  /** Tokens beyond the burst are lost. */
  #paidAtLeast(now: number): number {
    return Math.max(this.#paidAt, now - this.#burst / this.#perMs);
  }
}

function requirePositive(name: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`${name} must be more than 0, not ${value}`);
}
