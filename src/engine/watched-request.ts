import { HttpStatusError } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import { type Reason, reasonOf } from '../model/reason.ts';
import type { BodyMeter, RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';

/** What is known of a request when it is sent. */
type Sent = Pick<RequestInFlight, 'item' | 'url' | 'attempt' | 'sentAt'>;

/** One try of a row, with what has come of its body so far. */
export class WatchedRequest implements RequestInFlight, BodyMeter {
  readonly item: Item;
  readonly url: string;
  readonly attempt: number;
  readonly sentAt: number;
  offset = 0;
  received = 0;
  length: number | undefined;
  #hasBegun = false;

  constructor({ item, url, attempt, sentAt }: Sent) {
    this.item = item;
    this.url = url;
    this.attempt = attempt;
    this.sentAt = sentAt;
  }

  begin(offset: number, length: number | undefined): void {
    // The segments of a file follow its first response.
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.offset = offset;
    this.length = length;
  }

  add(bytes: number): void {
    this.received += bytes;
  }
}

/** What is known of a row when its request has failed. */
type Failed = Omit<RowWaiting, 'reason' | 'httpStatus' | 'until'> & { readonly error: unknown };

/** A row between two tries. */
export class WaitingRow implements RowWaiting {
  readonly item: Item;
  readonly url: string;
  readonly reason: Reason;
  readonly httpStatus: number | undefined;
  readonly attempt: number;
  readonly tries: number;
  readonly received: number;
  readonly length: number | undefined;
  readonly #until: () => number;

  /** @param until when the next try may be sent: the origin may put it off */
  constructor({ item, url, error, attempt, tries, received, length }: Failed, until: () => number) {
    this.item = item;
    this.url = url;
    this.reason = reasonOf(error);
    this.httpStatus = error instanceof HttpStatusError ? error.status : undefined;
    this.attempt = attempt;
    this.tries = tries;
    this.received = received;
    this.length = length;
    this.#until = until;
  }

  get until(): number {
    return this.#until();
  }
}
