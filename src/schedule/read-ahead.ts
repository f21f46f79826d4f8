import { WaitQueue } from '../concurrency/index.ts';
import type { Addressed, OriginQueue } from './origin-queue.ts';

/**
 * The most rows in the queue. Reading ahead lets other origins overtake one that has to wait. Without a
 * bound, the length of the list would decide how much memory that takes: some 700 bytes for a row of an
 * origin of its own.
 */
export const LOOK_AHEAD = 6_000;

/**
 * From this many origins on, the list is read ahead without room for requests. The next row of the list
 * then hardly ever leads to an origin that has just answered; with more rows at hand, one of them does,
 * and it needs no new connection.
 */
const MANY_ORIGINS = 64;

/** How far the list is read ahead of the requests: decides when the reader waits. */
export class ReadAhead {
  /** How many rows wait for their first permit. */
  waiting = 0;
  /** The reader, while it waits for room. */
  readonly #reader = new WaitQueue<void>();
  /** Whether the reader has rows at hand, and puts one as soon as there is room. */
  #isFed = false;
  /**
   * How many origins share the requests. It falls by only one for each row that is put: many origins may
   * run out of rows at a time and get new ones as the list is read on.
   */
  #sharers = 0;

  /**
   * @param hasRoom whether one more request may be in flight
   * @param active how many origins have rows or requests
   * @returns undefined when the reader may put a row, else a promise that is fulfilled once it may
   */
  room(hasRoom: boolean, active: number): Promise<void> | undefined {
    this.#isFed = true;
    return this.#mayRead(hasRoom, active) ? undefined : this.#reader.wait(undefined);
  }

  /** A row was read, for one of so many active origins. */
  put(active: number): void {
    this.#isFed = true;
    this.waiting++;
    this.#sharers = Math.max(active, this.#sharers - 1);
  }

  /** The reader waits for the list. */
  pause(): void {
    this.#isFed = false;
  }

  /** Lets the reader go on if it may. One that was far ahead sleeps until half of the rows are gone. */
  wake(hasRoom: boolean, active: number): void {
    const hasSpace = hasRoom || this.waiting <= LOOK_AHEAD / 2;
    if (this.#reader.size > 0 && hasSpace && this.#mayRead(hasRoom, active)) this.#reader.next();
  }

  /**
   * Whether an origin has its share of `limit` requests, so that others that the list may lead to go
   * first. A later try does not wait for that: the rows behind it may be waiting for it.
   */
  isAhead<Row extends Addressed>(
    { inFlight, again }: OriginQueue<Row>,
    limit: number,
    active: number,
  ): boolean {
    if (!this.#isFed || again.size > 0 || this.waiting >= LOOK_AHEAD) return false;
    return inFlight >= limit / Math.max(active, this.#sharers);
  }

  /** Whether so many origins are enough to read ahead without room for requests. */
  static isWide(active: number): boolean {
    return active >= MANY_ORIGINS;
  }

  #mayRead(hasRoom: boolean, active: number): boolean {
    return this.waiting < LOOK_AHEAD && (hasRoom || ReadAhead.isWide(active));
  }
}
