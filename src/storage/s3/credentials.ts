/** Keys that requests are signed with. They are kept in memory only. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string | undefined;
  /** When they end, in ms since the epoch; undefined when that is not known. */
  readonly expiresAt?: number | undefined;
  /** Where they are from, for messages: `the environment`, `the profile work`. */
  readonly from: string;
}

/** Keys are replaced this long before they end, in ms: requests under way still need them. */
const EARLY = 5 * 60_000;

/** The keys of a run. Temporary keys are replaced before they end, where their source gives new ones. */
export class CredentialSource {
  readonly #find: () => Promise<Credentials>;
  readonly #now: () => number;
  #current: Promise<Credentials> | undefined;
  #expiresAt = Number.POSITIVE_INFINITY;

  /** @param find looks for keys */
  constructor(find: () => Promise<Credentials>, now: () => number = Date.now) {
    this.#find = find;
    this.#now = now;
  }

  /** @throws BrokenRunError when there are none */
  get(): Promise<Credentials> {
    if (this.#current === undefined || this.#now() >= this.#expiresAt - EARLY) this.#renew();
    return this.#current as Promise<Credentials>;
  }

  /**
   * Looks for other keys, after the server has said that `old` ones have expired.
   * @returns whether there are other keys
   * @throws BrokenRunError
   */
  async replace(old: Credentials): Promise<boolean> {
    // Another request may have replaced them by now.
    const current = await this.get();
    if (!isSame(current, old)) return true;
    this.#renew();
    return !isSame(await this.get(), old);
  }

  #renew(): void {
    this.#expiresAt = Number.POSITIVE_INFINITY;
    const current = this.#find();
    this.#current = current;
    current.then(
      ({ expiresAt }) => {
        // The source has no newer keys. The server decides whether these still hold.
        const isLasting = expiresAt !== undefined && expiresAt - EARLY > this.#now();
        if (isLasting) this.#expiresAt = expiresAt;
      },
      () => {
        // The next request looks again.
        if (this.#current === current) this.#current = undefined;
      },
    );
  }
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}
