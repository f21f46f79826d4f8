import type { RecordWithTtl } from 'node:dns';

/**
 * Asks a name server for the A or AAAA records of a name, as `Resolver.resolve4()` with `ttl`.
 * @param answer called once, later
 * @returns the query; after disposal `answer` is not called
 */
export type AskAddresses = (
  name: string,
  family: 4 | 6,
  answer: (error: NodeJS.ErrnoException | null, records: readonly RecordWithTtl[]) => void,
) => Disposable;

/** Receives the result of a query. The last `onAddresses`, or `onFailure`, ends it. */
export interface QueryListener {
  /**
   * @param ttl of these addresses, in seconds
   * @param isLast whether no more come
   */
  onAddresses(addresses: readonly string[], ttl: number, isLast: boolean): void;
  /** Called when none of the names has an address. @param error the worst failure of a name server */
  onFailure(error: NodeJS.ErrnoException): void;
}

/** How long the addresses of one family wait for the other, in ms (RFC 8305 section 3). */
const RESOLUTION_DELAY = 50;

/** The name does not exist, or has no address. The next candidate may have one. */
const NOT_FOUND = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/**
 * The query for one host: for the A and AAAA records of the first of its candidates that has any
 * (RFC 8305 section 3). AAAA records are asked for at once only where they are of use; elsewhere,
 * if there is no A record.
 */
export class NameQuery implements Disposable {
  readonly #ask: AskAddresses;
  readonly #candidates: readonly string[];
  readonly #listener: QueryListener;
  readonly #hasIpv6: boolean;
  /** Index of the candidate that is asked for. */
  #at = -1;
  #pending = 0;
  readonly #queries: Disposable[] = [];
  #held: { readonly addresses: string[]; readonly ttl: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasTold = false;
  #failure: NodeJS.ErrnoException | undefined;

  /** Begins at once. @param candidates names of one host, in the order in which they are tried */
  constructor(
    ask: AskAddresses,
    candidates: readonly string[],
    hasIpv6: boolean,
    listener: QueryListener,
  ) {
    this.#ask = ask;
    this.#candidates = candidates;
    this.#hasIpv6 = hasIpv6;
    this.#listener = listener;
    this.#next();
  }

  /** Ends the query; nothing more is reported. */
  [Symbol.dispose](): void {
    this.#clearHeld();
    for (const query of this.#queries.splice(0)) query[Symbol.dispose]();
  }

  #next(): void {
    this.#at++;
    this.#queries.length = 0;
    if (this.#at >= this.#candidates.length) {
      this.#listener.onFailure(this.#failure as NodeJS.ErrnoException);
      return;
    }
    if (this.#hasIpv6) {
      this.#pending = 2;
      this.#send(6);
      this.#send(4);
    } else {
      this.#pending = 1;
      this.#send(4);
    }
  }

  #send(family: 4 | 6): void {
    const name = this.#candidates[this.#at] as string;
    const query = this.#ask(name, family, (error, records) => {
      // The channel was cancelled.
      if (error?.code === 'ECANCELLED') return;
      this.#pending--;
      if (error === null && records.length > 0) this.#take(family, records);
      else this.#note(error, family);
    });
    this.#queries.push(query);
  }

  #take(family: 4 | 6, records: readonly RecordWithTtl[]): void {
    const addresses = records.map(({ address }) => address);
    const ttl = records.reduce(
      (least, record) => Math.min(least, record.ttl),
      records[0]?.ttl ?? 0,
    );
    if (this.#pending > 0 && family === 4) {
      this.#held = { addresses, ttl };
      this.#timer = setTimeout(() => this.#tellHeld(), RESOLUTION_DELAY);
      return;
    }
    const held = this.#held;
    this.#clearHeld();
    this.#hasTold = true;
    const all = held === undefined ? addresses : [...addresses, ...held.addresses];
    this.#listener.onAddresses(all, Math.min(ttl, held?.ttl ?? ttl), this.#pending === 0);
  }

  #note(error: NodeJS.ErrnoException | null, family: 4 | 6): void {
    const isNotFound = error === null || NOT_FOUND.has(error.code ?? '');
    const failure = error ?? noData(this.#candidates[this.#at] as string);
    // That a name server could not answer says more than that it found nothing.
    if (this.#failure === undefined || !isNotFound) this.#failure = failure;
    if (this.#pending > 0) return;
    if (this.#held !== undefined) this.#tellHeld();
    else if (this.#hasTold) this.#listener.onAddresses([], 0, true);
    else if (family === 4 && !this.#hasIpv6 && failure.code === 'ENODATA') this.#askForIpv6();
    else this.#next();
  }

  #askForIpv6(): void {
    this.#pending = 1;
    this.#send(6);
  }

  #tellHeld(): void {
    const held = this.#held;
    this.#clearHeld();
    if (held === undefined) return;
    this.#hasTold = true;
    this.#listener.onAddresses(held.addresses, held.ttl, this.#pending === 0);
  }

  #clearHeld(): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
  }
}

function noData(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`queryA ENODATA ${name}`), { code: 'ENODATA' });
}
