import { WaitQueue } from '../concurrency/index.ts';
import { checkLimit } from './limits/limit.ts';
import type { RunLimit } from './limits/run-limit.ts';

/** The most slow connection attempts at a time: more would burden the machine and its name servers. */
export const MOST_PARKED = 512;

/** What the run's slots know of a request. */
export interface SlotHolder {
  /** Whether the request waits for a connection, without a slot. */
  isParked: boolean;
}

/**
 * The slots for requests in flight, over all origins. A request whose connection takes its time may be
 * parked: it gives its slot to another request, and takes one again before it is sent.
 */
export class RequestSlots {
  readonly #limit: Pick<RunLimit, 'current' | 'most'> & Partial<Pick<RunLimit, 'ended'>>;
  readonly #mostParked: number;
  #taken = 0;
  #parked = 0;
  /** Parked requests that have their connection. */
  readonly #resuming = new WaitQueue<void, SlotHolder>();

  /** @throws RangeError when `limit` is not a whole number >= 1 */
  constructor(limit: number | RunLimit, mostParked = MOST_PARKED) {
    this.#limit =
      typeof limit === 'number'
        ? { current: checkLimit('maxRequests', limit), most: limit }
        : limit;
    this.#mostParked = mostParked;
  }

  /** How many slots there are now. */
  get limit(): number {
    return this.#limit.current;
  }

  /** The most slots that there ever are. */
  get most(): number {
    return this.#limit.most;
  }

  get hasRoom(): boolean {
    return this.#taken < this.#limit.current;
  }

  /** Whether a parked request waits for a slot: it goes before requests that have not begun. */
  get isAwaited(): boolean {
    return this.#resuming.size > 0;
  }

  take(): void {
    this.#taken++;
  }

  /**
   * A request is over.
   * @param isAnswered whether it was answered
   * @param isHeldUp whether another request could have started before, with one more slot
   */
  release({ isParked }: SlotHolder, isAnswered: boolean, isHeldUp: boolean): void {
    this.#limit.ended?.(isAnswered, isHeldUp);
    if (isParked) this.#parked--;
    else this.#taken--;
  }

  /** @returns false when too many requests are parked already: this one keeps its slot */
  park(holder: SlotHolder): boolean {
    if (this.#parked >= this.#mostParked) return false;
    holder.isParked = true;
    this.#parked++;
    this.#taken--;
    return true;
  }

  /**
   * @returns undefined when the request has a slot again, else a promise that is fulfilled once it has
   * @throws (rejects) the task's CancelledError
   */
  resume(holder: SlotHolder): Promise<void> | undefined {
    if (!this.hasRoom) return this.#resuming.wait(holder);
    this.#unpark(holder);
    return undefined;
  }

  /** Gives a free slot to the parked request that has waited longest. @returns false without one */
  resumeNext(): boolean {
    const holder = this.#resuming.brought;
    if (holder === undefined) return false;
    this.#unpark(holder);
    return this.#resuming.next();
  }

  #unpark(holder: SlotHolder): void {
    holder.isParked = false;
    this.#parked--;
    this.#taken++;
  }
}
