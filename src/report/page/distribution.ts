/** Two values that are closer to each other than this share of them are not told apart. */
const ERROR = 0.01;
const BASE = (1 + ERROR) / (1 - ERROR);
const LOG_BASE = Math.log(BASE);

/** From 0.01 ms to an hour; shorter and longer times count as these. */
const LEAST = 0.01;
const BUCKETS = Math.ceil(Math.log(3_600_000 / LEAST) / LOG_BASE) + 1;

/**
 * A distribution of durations, in memory that does not grow with their number: a count for each power of
 * {@link BASE}, as in DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019). A quantile is at most 1 % off.
 */
export class Distribution {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  /** @param ms 0 or more */
  add(ms: number): void {
    const bucket = ms <= LEAST ? 0 : Math.ceil(Math.log(ms / LEAST) / LOG_BASE);
    const place = Math.min(bucket, BUCKETS - 1);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#total++;
  }

  /** Adds all values of `other`. */
  merge(other: Distribution): void {
    other.#counts.forEach((count, place) => {
      this.#counts[place] = (this.#counts[place] ?? 0) + count;
    });
    this.#total += other.#total;
  }

  /**
   * The value that a share of the values does not exceed, in ms.
   * @returns null without values
   */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    let place = -1;
    while (seen < rank) seen += this.#counts[++place] ?? this.#total;
    // The value in the middle of the bucket, as far from either end in proportion.
    return (LEAST * BASE ** place * 2) / (1 + BASE);
  }
}
