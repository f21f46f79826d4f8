import { Timer } from '../../concurrency/index.ts';
import { LEASE_TIME } from './lease-table.ts';

/**
 * A run stops so long before its leases run out for the others, in ms: connections have to be closed, and
 * a busy process is late.
 */
const MARGIN = 1_000;

/** What a {@link LeaseTerm} is given. */
interface TermOptions {
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  /** How long the leases hold for the others after a sign of life, in ms. @default 10,000 */
  readonly leaseTime?: number | undefined;
  /** Called once the leases hold no longer, as no sign of life came through. */
  readonly onExpired: () => void;
}

/** Until when the leases of a run hold, by its own clock: a second less than for the other runs. */
export class LeaseTerm implements Disposable {
  readonly #options: TermOptions;
  #until = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(options: TermOptions) {
    this.#options = options;
  }

  get holds(): boolean {
    return this.#options.now() < this.#until;
  }

  /**
   * The others know that the run lived at `sentAt`.
   * @returns whether the leases hold: an answer may come too late
   */
  renew(sentAt: number): boolean {
    const { leaseTime = LEASE_TIME, now } = this.#options;
    this.#timer?.clear();
    this.#until = sentAt + leaseTime - MARGIN;
    this.#timer = new Timer(Math.max(1, this.#until - now()), () => this.#expire());
    return this.holds;
  }

  #expire(): void {
    // Timers may fire a moment early.
    this.#until = Number.NEGATIVE_INFINITY;
    this.#options.onExpired();
  }

  [Symbol.dispose](): void {
    this.#timer?.clear();
  }
}
