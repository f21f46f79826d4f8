import { Timer } from '../../concurrency/index.ts';

/** Calls a function at the earliest of the times that were asked for. */
export class Alarm implements Disposable {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: Timer | undefined;
  #at = Number.POSITIVE_INFINITY;

  /** @param now a clock in ms that never goes back */
  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** Rings in `ms`, unless it rings before that. */
  ringIn(ms: number): void {
    const at = this.#now() + ms;
    if (at >= this.#at) return;
    this.#timer?.clear();
    this.#at = at;
    this.#timer = new Timer(Math.max(1, ms), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  [Symbol.dispose](): void {
    this.#timer?.clear();
  }
}
