import { type Permit, Semaphore } from '../../concurrency/index.ts';

/** Bounds of the requests at a time. */
const FIRST = 16;
const MOST = 64;

/** A burst of refusals is one sign of overload, and halves the limit once. In ms. */
const ONE_SIGN = 1_000;

/**
 * How many requests there may be at a time. The limit grows by one for each full round of requests that
 * succeeded while others waited, and is halved when the server asks for fewer, as TCP does (additive
 * increase, multiplicative decrease). A body that waits here is saved later, so a server that asks for
 * fewer uploads slows the downloads down.
 */
export class UploadLimit {
  readonly #permits = new Semaphore(FIRST);
  readonly #now: () => number;
  #successes = 0;
  #halvedAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock, in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get limit(): number {
    return this.#permits.limit;
  }

  /** Waits for the right to send a request. @throws the task's CancelledError */
  acquire(): Promise<Permit> {
    return this.#permits.acquire();
  }

  /** A request has succeeded. */
  succeeded(): void {
    const { limit, waiting } = this.#permits;
    // While no request waits, nothing shows that the server could take more.
    if (waiting === 0 || limit >= MOST || ++this.#successes < limit) return;
    this.#successes = 0;
    this.#permits.resize(limit + 1);
  }

  /** The server asked for fewer requests. */
  throttled(): void {
    this.#successes = 0;
    if (this.#now() - this.#halvedAt < ONE_SIGN) return;
    this.#halvedAt = this.#now();
    this.#permits.resize(Math.max(1, Math.floor(this.#permits.limit / 2)));
  }
}
