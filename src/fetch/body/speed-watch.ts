import { TooSlowError } from '../../model/failure.ts';

/** What a {@link SpeedWatch} goes by. */
export interface SpeedLimit {
  /** In bytes a second. */
  readonly lowest: number;
  /** For how long a body may be slower, in ms. */
  readonly window: number;
}

/**
 * Watches how fast a body comes, window by window. One in which we made the sender wait, since the
 * disk was busy, says nothing about the sender and does not count.
 */
export class SpeedWatch implements Disposable {
  readonly #limit: SpeedLimit;
  readonly #onSlow: (error: TooSlowError) => void;
  readonly #timer: NodeJS.Timeout;
  /** In this window. */
  #bytes = 0;
  #held = false;
  #waited = false;

  /** Starts the first window. */
  constructor(limit: SpeedLimit, onSlow: (error: TooSlowError) => void) {
    this.#limit = limit;
    this.#onSlow = onSlow;
    this.#timer = setInterval(() => this.#look(), limit.window);
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** From now on the sender waits for us; until {@link release}. */
  hold(): void {
    this.#held = true;
    this.#waited = true;
  }

  release(): void {
    this.#held = false;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { lowest, window } = this.#limit;
    const bytes = this.#bytes;
    const counts = !this.#waited;
    this.#bytes = 0;
    this.#waited = this.#held;
    if (counts && bytes < (lowest * window) / 1000) this.#onSlow(new TooSlowError(bytes, window));
  }
}
