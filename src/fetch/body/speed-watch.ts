import { TooSlowError } from '../../model/file-errors.ts';

/** The lowest speed of a body. */
export interface SpeedLimit {
  /** In bytes a second. */
  readonly lowest: number;
  /** How long a body may be slower, in ms. */
  readonly window: number;
}

/**
 * Measures the speed of a body, window by window. A window in which the sender had to wait for our
 * disk does not count.
 */
export class SpeedWatch implements Disposable {
  readonly #limit: SpeedLimit;
  readonly #onSlow: (error: TooSlowError) => void;
  readonly #timer: NodeJS.Timeout;
  /** Bytes in the current window. */
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

  /** The sender waits for us from now on, until {@link release}. */
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
