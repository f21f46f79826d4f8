/** How often a value is kept, in ms: a window has few values, however often it is looked at. */
const EVERY = 250;

/** The shortest time that a rate says anything about, in ms. */
const SHORTEST = 400;

interface Seen {
  readonly at: number;
  readonly value: number;
}

/**
 * How fast a number has grown lately: within the last few seconds, which an average since the start does
 * not show. Its memory is bounded.
 */
export class RecentRate {
  readonly #window: number;
  /** The oldest first. All but the first are within the window. */
  readonly #kept: Seen[];
  #last: Seen;

  /** @param window in ms @param now in ms of a clock that never goes back */
  constructor(window: number, now: number, value = 0) {
    this.#window = window;
    this.#last = { at: now, value };
    this.#kept = [this.#last];
  }

  /** Notes the number at `now`. Call it a few times a second. */
  note(now: number, value: number): void {
    // The time for connecting says nothing about the speed.
    if (this.#kept.length === 1 && value === this.#kept[0]?.value) this.#kept.pop();
    this.#last = { at: now, value };
    const newest = this.#kept.at(-1);
    if (newest === undefined || now - newest.at >= EVERY) this.#kept.push(this.#last);
    while (now - (this.#kept[1]?.at ?? now) > this.#window) this.#kept.shift();
  }

  /** Per second; 0 while too little time has passed, and where the number has become smaller. */
  get perSecond(): number {
    const first = this.#kept[0] ?? this.#last;
    const ms = this.#last.at - first.at;
    if (ms < SHORTEST) return 0;
    return Math.max(0, ((this.#last.value - first.value) * 1000) / ms);
  }
}
