/** What has to be done by some time. */
export interface Watched {
  /** When it is late, as the watch's clock has it; Infinity while it has all the time it needs. */
  readonly due: number;
  /** It is late. */
  expire(): void;
}

/** How often all are looked at, at most, in ms. */
const LOOK_EVERY = 100;

/**
 * Looks after deadlines of thousands of connections, with one timer for all: whoever makes progress
 * says so by a later {@link Watched.due}, which costs nothing. None expires early, and each within a tenth of a
 * second, or a quarter of the shortest deadline there is.
 */
export class DeadlineWatch implements Disposable {
  /** In ms, from any beginning, never going back. */
  readonly now: () => number;
  readonly #every: number;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** @param deadlines that there will be, in ms; 0 for none */
  constructor(deadlines: readonly number[], now: () => number = () => performance.now()) {
    this.now = now;
    const shortest = Math.min(...deadlines.filter((ms) => ms > 0));
    this.#every = Math.min(LOOK_EVERY, Math.ceil(shortest / 4));
  }

  /** @returns when it is late if it starts now; a deadline of 0 is none */
  dueIn(ms: number): number {
    return ms === 0 ? Number.POSITIVE_INFINITY : this.now() + ms;
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    // What is watched keeps the process alive, as long as it is of use; the watch does not.
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
