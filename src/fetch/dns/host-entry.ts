/** What is known of a host, and the look-ups that wait for the rest. */
export class HostEntry implements Disposable {
  #addresses: readonly string[] = [];
  #failure: NodeJS.ErrnoException | undefined;
  /** When the host has to be looked up again, in ms of the resolver's clock. */
  #until = Number.POSITIVE_INFINITY;
  /** Undefined once everything is known, to save memory: thousands of entries are kept. */
  #listeners: Set<AddressListener> | undefined = new Set();
  /** Failures in a row, including those of the host's earlier entries. */
  #failures: number;
  /** Ended when no look-up waits for it any more. */
  #underWay: Disposable | undefined;
  #onSettled: (() => void) | undefined;

  /** @param onSettled called once, when everything is known or the entry is disposed of */
  constructor(failures = 0, onSettled: () => void = () => {}) {
    this.#failures = failures;
    this.#onSettled = onSettled;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Whether the host has to be looked up again. */
  isStale(now: number): boolean {
    return this.#listeners === undefined && this.#until <= now;
  }

  /**
   * Reports what is known at once, and the rest as it comes.
   * @returns the look-up; after disposal it reports nothing
   */
  join(listener: AddressListener): Disposable {
    const listeners = this.#listeners;
    listeners?.add(listener);
    if (this.#failure !== undefined) listener.onFailure(this.#failure);
    else if (listeners === undefined || this.#addresses.length > 0) {
      listener.onAddresses(this.#addresses, listeners === undefined);
    }
    return {
      [Symbol.dispose]: () => {
        if (listeners?.delete(listener) && listeners.size === 0) this[Symbol.dispose]();
      },
    };
  }

  /** @param underWay ended as soon as no look-up waits for it */
  waitFor(underWay: Disposable): void {
    this.#underWay = underWay;
    if (this.#listeners?.size === 0) this[Symbol.dispose]();
  }

  /** Adds addresses, which are valid until a time. @param isLast whether no more come */
  add(addresses: readonly string[], until: number, isLast: boolean): void {
    this.#addresses = [...this.#addresses, ...addresses];
    if (addresses.length > 0) this.#until = Math.min(this.#until, until);
    this.#failures = 0;
    this.#tell((listener) => listener.onAddresses(addresses, isLast), isLast);
  }

  /** Notes a failure, which is valid until a time. */
  fail(error: NodeJS.ErrnoException, until: number): void {
    this.#failure = error;
    this.#failures++;
    this.#until = until;
    this.#tell((listener) => listener.onFailure(error), true);
  }

  /** Ends what is under way; nothing more is reported. Known addresses stay. */
  [Symbol.dispose](): void {
    if (this.#listeners === undefined || this.#underWay === undefined) return;
    this.#underWay[Symbol.dispose]();
    this.#listeners.clear();
    if (this.#addresses.length === 0) this.#until = Number.NEGATIVE_INFINITY;
    this.#settle();
  }

  #tell(what: (listener: AddressListener) => void, isLast: boolean): void {
    const listeners = this.#listeners;
    if (isLast) this.#settle();
    // A listener may dispose of others, or begin another look-up of this host.
    for (const listener of [...(listeners ?? [])]) {
      if (listeners?.has(listener)) what(listener);
    }
  }

  #settle(): void {
    this.#listeners = undefined;
    this.#underWay = undefined;
    this.#onSettled?.();
    this.#onSettled = undefined;
  }
}

/** Receives the result of a look-up, possibly before the call that begins it returns. */
export interface AddressListener {
  /**
   * Called with addresses, in the order in which they should be tried.
   * @param isLast whether no more come; the last call may have no addresses
   */
  onAddresses(addresses: readonly string[], isLast: boolean): void;
  /** Called when there is no address. @param error Node's, with a `code`, or AddressError */
  onFailure(error: Error): void;
}
