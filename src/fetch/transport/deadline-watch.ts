/** Something with a deadline. */
export interface Watched {
  /** When the deadline passes, by the watch's clock; Infinity for none. */
  readonly due: number;
  /** Called after the deadline has passed. */
  expire(): void;
}

/** How often the deadlines are checked, at least, in ms. */
const LOOK_EVERY = 100;

/**
 * Watches the deadlines of thousands of connections with one timer. A connection that makes
 * progress sets a later {@link Watched.due}, which costs nothing. No deadline expires early, and
 * each is noticed within a tenth of a second, or a quarter of the shortest one.
 */
export class DeadlineWatch implements Disposable {
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  readonly #every: number;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** @param deadlines all deadlines that will be used, in ms; 0 for none */
  constructor(deadlines: readonly number[], now: () => number = () => performance.now()) {
    this.now = now;
    const shortest = Math.min(...deadlines.filter((ms) => ms > 0));
    this.#every = Math.min(LOOK_EVERY, Math.ceil(shortest / 4));
  }

  /** @returns when a deadline of `ms` from now passes; never for 0 */
  dueIn(ms: number): number {
    return ms === 0 ? Number.POSITIVE_INFINITY : this.now() + ms;
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    // The watched sockets keep the process alive, not this timer.
    this.#timer ??= setInterval(() => this.#look(), this.#every).unref();
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size === 0) this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = this.now();
    for (const watched of this.#watched) {
      if (watched.due <= now) watched.expire();
    }
  }
}
