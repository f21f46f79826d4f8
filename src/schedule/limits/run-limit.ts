import { checkLimit } from './limit.ts';

/** What a {@link RunLimit} goes by. */
export interface RunLimitOptions {
  /** Requests in flight to begin with, and never fewer. @default 256, or `most` when that is less */
  readonly initial?: number | undefined;
  /** Never more: what the open files of the process allow. */
  readonly most: number;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  /** How busy the event loop was since the last call, 0 to 1. @default never busy */
  readonly utilization?: (() => number) | undefined;
}

const INITIAL = 256;
/** How much the limit grows at a time, and how much faster the run has to become for that to pay. */
const GROWTH = 1.25;
const PAYS = 1.05;
/** Windows in which growing did not pay that end it: one may be chance. */
const STRIKES = 2;
/** Windows until it is tried again. */
const WINDOWS_TO_REST = 20;
/** How long a window is at least, in ms: of a few answers the rate says little. */
const SHORTEST_WINDOW = 250;
/** More requests make a busy event loop no faster. */
const BUSY = 0.9;

/**
 * How many requests a run may have in flight to all its origins together. A single origin never needs
 * more than it begins with; where a run goes to thousands, most requests wait for slow ones, and more
 * of them make it faster. So the limit grows for as long as more rows are answered in a time, if it is
 * what holds rows up, and goes back to where that was best once it does not pay.
 */
export class RunLimit {
  readonly #initial: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #utilization: () => number;
  #limit: number;
  /** The most that were answered in a ms since the last rest, and with which limit. */
  #best = 0;
  #bestLimit: number;
  #strikes = 0;
  #windowsToRest = 0;
  /** Of the present window. */
  #since: number;
  #ended = 0;
  #answered = 0;
  #heldUp = 0;

  /** @throws RangeError when a bound is no whole number >= 1 */
  constructor({ initial = INITIAL, most, now, utilization = () => 0 }: RunLimitOptions) {
    this.#most = checkLimit('mostRequests', most);
    this.#initial = Math.min(checkLimit('initial', initial), most);
    this.#now = now;
    this.#utilization = utilization;
    this.#limit = this.#bestLimit = this.#initial;
    this.#since = now();
  }

  /** Now; a whole number. */
  get current(): number {
    return this.#limit;
  }

  /** What it never exceeds. */
  get most(): number {
    return this.#most;
  }

  /**
   * To be called for each request that is over.
   * @param isAnswered whether it was answered, so that it is work done
   * @param isHeldUp whether another request could have started before, had the limit been higher
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
    // Where something else holds rows up, more requests would not start, and nothing is learned.
    if (isHeldUp) this.#adjust(throughput, isBusy);
  }

  #adjust(throughput: number, isBusy: boolean): void {
    if (this.#windowsToRest > 0) {
      this.#windowsToRest--;
      // What it is measured by next is what it does now.
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
