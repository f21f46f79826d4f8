import { checkLimit } from './limit.ts';

/** Options of a {@link RunLimit}. */
export interface RunLimitOptions {
  /** How many requests may be in flight at first and at least. @default 256, or `most` if less */
  readonly initial?: number | undefined;
  /** The most requests: what the open files of the process allow. */
  readonly most: number;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  /** How busy the event loop was since the last call, 0 to 1. @default never busy */
  readonly utilization?: (() => number) | undefined;
}

const INITIAL = 256;
/** How much the limit grows at a time, and how much faster the run must become for that to pay. */
const GROWTH = 1.25;
const PAYS = 1.05;
/** Windows in which growing did not pay that end the growth: one may be chance. */
const STRIKES = 2;
/** Windows until growing is tried again. */
const WINDOWS_TO_REST = 20;
/** The shortest window, in ms: the rate of a few answers says little. */
const SHORTEST_WINDOW = 250;
/** An event loop as busy as this becomes no faster with more requests. */
const BUSY = 0.9;

/**
 * How many requests a run may have in flight, to all its origins together. A single origin never needs
 * more than the initial number. In a run that goes to thousands of origins, most requests wait for slow
 * ones, and more requests make the run faster. So the limit grows if rows wait because of it, for as long
 * as that brings more answers in a time. Then it goes back to the best number.
 */
export class RunLimit {
  readonly #initial: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #utilization: () => number;
  #limit: number;
  /** The most answers in a ms since the last rest, and the limit that they came with. */
  #best = 0;
  #bestLimit: number;
  #strikes = 0;
  #windowsToRest = 0;
  /** When the present window began, and what ended in it. */
  #since: number;
  #ended = 0;
  #answered = 0;
  #heldUp = 0;

  /** @throws RangeError when a bound is not a whole number >= 1 */
  constructor({ initial = INITIAL, most, now, utilization = () => 0 }: RunLimitOptions) {
    this.#most = checkLimit('mostRequests', most);
    this.#initial = Math.min(checkLimit('initial', initial), most);
    this.#now = now;
    this.#utilization = utilization;
    this.#limit = this.#bestLimit = this.#initial;
    this.#since = now();
  }

  /** The present limit. */
  get current(): number {
    return this.#limit;
  }

  /** The most that the limit can become. */
  get most(): number {
    return this.#most;
  }

  /**
   * To be called for each request that is over.
   * @param isAnswered whether it was answered
   * @param isHeldUp whether another request could have started before, with a higher limit
   */
  ended(isAnswered: boolean, isHeldUp: boolean): void {
    this.#ended++;
    if (isAnswered) this.#answered++;
    if (isHeldUp) this.#heldUp++;
    if (this.#ended < this.#limit) return;
    const elapsed = this.#now() - this.#since;
    if (elapsed >= SHORTEST_WINDOW) this.#endWindow(elapsed);
  }

  #endWindow(elapsed: number): void {
    const throughput = this.#answered / elapsed;
    const isHeldUp = this.#heldUp * 2 > this.#ended;
    const isBusy = this.#utilization() >= BUSY;
    this.#ended = this.#answered = this.#heldUp = 0;
    this.#since += elapsed;
    // If rows wait for something else, a higher limit would start no requests and show nothing.
    if (isHeldUp) this.#adjust(throughput, isBusy);
  }

  #adjust(throughput: number, isBusy: boolean): void {
    if (this.#windowsToRest > 0) {
      this.#windowsToRest--;
      // The next growth is compared with the present throughput.
      this.#best = throughput;
    } else if (throughput >= PAYS * this.#best) {
      this.#best = throughput;
      this.#bestLimit = this.#limit;
      this.#strikes = 0;
    } else {
      this.#strikes++;
    }
    if (isBusy || this.#strikes >= STRIKES) this.#rest();
    else if (this.#windowsToRest === 0) this.#grow();
  }

  #rest(): void {
    this.#limit = this.#bestLimit;
    this.#strikes = 0;
    this.#windowsToRest = WINDOWS_TO_REST;
  }

  #grow(): void {
    this.#limit = Math.min(Math.ceil(this.#limit * GROWTH), this.#most);
  }
}
