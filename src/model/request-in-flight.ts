import type { Item } from './item.ts';
import type { Reason } from './reason.ts';

/**
 * A request whose response is not complete yet. Its numbers change while the response comes, so read them
 * when they are needed. A file that comes over several connections is one request here.
 */
export interface RequestInFlight {
  /** The row. */
  readonly item: Item;
  /** The item's own URL, or that of a mirror. */
  readonly url: string;
  /** The number of the try of its row, from 1. */
  readonly attempt: number;
  /** The time of `performance.now()`. */
  readonly sentAt: number;
  /** Where in the file the response begins, in bytes: what is before it was there already. */
  readonly offset: number;
  /** The bytes of the file that have come by this request so far, as they are sent: not decoded. */
  readonly received: number;
  /**
   * The length of the whole file, as it is sent, in bytes. Undefined until the response begins, and where
   * the server states none.
   */
  readonly length: number | undefined;
}

/** A row whose request failed, and that waits for its next try. */
export interface RowWaiting {
  /** The row. */
  readonly item: Item;
  /** The URL of the request that failed: the item's own, or that of a mirror. */
  readonly url: string;
  /** Why it failed. */
  readonly reason: Reason;
  /** The status of the response; undefined when there was none. */
  readonly httpStatus: number | undefined;
  /** The number of the next try, from 2. */
  readonly attempt: number;
  /**
   * How many tries the row has. Tries that brought a part of the file, and pauses that a server asked
   * for, do not count, so `attempt` may be larger.
   */
  readonly tries: number;
  /**
   * When the next try may be sent, as `performance.now()` counts. It moves when the server asks for a
   * longer pause. The row may wait longer: for its turn.
   */
  readonly until: number;
  /** The bytes of the file that are there, for the next try to go on from. */
  readonly received: number;
  /** The length of the whole file in bytes, when it is known. */
  readonly length: number | undefined;
}

/** Follows the body of a response as it comes. It is called for every chunk, and must take no time. */
export interface BodyMeter {
  /**
   * The body of a file begins.
   * @param offset its place in the file, in bytes
   * @param length of the whole file, as it is sent, when that is known
   */
  begin(offset: number, length: number | undefined): void;
  /** So many more bytes of it have come. */
  add(bytes: number): void;
}

/** Where a run notes what it is doing. */
export interface ActivityLog {
  /** A request is sent. */
  begin(request: RequestInFlight): void;
  /** It is over: its response is complete, or it failed. */
  end(request: RequestInFlight): void;
  /** A row waits for its next try. */
  wait(row: RowWaiting): void;
  /** It waits no more. */
  goOn(row: RowWaiting): void;
}
