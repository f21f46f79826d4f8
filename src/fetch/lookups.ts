import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';

/** For how long an answer is taken for true, in ms: as curl has it (CURLOPT_DNS_CACHE_TIMEOUT). */
const KEPT = 60_000;

/** Hosts that are remembered, at most; lists may have millions. */
const MOST_KEPT = 1_000;

type Addresses = string | LookupAddress[];
type Callback = (
  error: NodeJS.ErrnoException | null,
  address: Addresses,
  family?: number | undefined,
) => void;
/** As `dns.lookup()`. */
export type Lookup = (hostname: string, options: LookupOptions, callback: Callback) => void;

interface Answer {
  readonly address: Addresses;
  readonly family: number | undefined;
}

/**
 * Looks each host up once for all connections to it, and not again for a minute: the system's
 * resolver keeps nothing, and Node asks it four at a time.
 */
export class Lookups {
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #answers = new Map<
    string,
    { readonly answer: Promise<Answer>; readonly until: number }
  >();

  /** @param now a clock in ms that never goes back */
  constructor(lookup: Lookup = systemLookup as Lookup, now = () => performance.now()) {
    this.#lookup = lookup;
    this.#now = now;
  }

  /** For `net.connect()`; as `dns.lookup()`. */
  readonly lookup: Lookup = (hostname, options, callback) => {
    const key = `${hostname} ${options.family ?? 0} ${options.hints ?? 0} ${options.all ?? false}`;
    this.#answerTo(key, hostname, options).then(
      ({ address, family }) => callback(null, address, family),
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };

  #answerTo(key: string, hostname: string, options: LookupOptions): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined && known.until > this.#now()) return known.answer;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#answers.size >= MOST_KEPT) this.#answers.clear();
    this.#answers.set(key, { answer: promise, until: this.#now() + KEPT });
    this.#lookup(hostname, options, (error, address, family) => {
      if (error === null) {
        resolve({ address, family });
      } else {
        // What has failed for those who wait need not fail for the next.
        this.#answers.delete(key);
        reject(error);
      }
    });
    return promise;
  }
}
