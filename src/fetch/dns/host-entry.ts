/** What is known of a host, and which look-ups wait for more of it. */
export class HostEntry implements Disposable {
  #addresses: readonly string[] = [];
  #failure: NodeJS.ErrnoException | undefined;
  /** In ms of the resolver's clock. */
  #until = Number.POSITIVE_INFINITY;
  /** Undefined once all is known: thousands of entries are kept. */
  #listeners: Set<AddressListener> | undefined = new Set();
  /** Failures in a row, those of earlier entries of this host included. */
  #failures: number;
  /** What ends with the last look-up that waits for it. */
  #underWay: Disposable | undefined;
  #onSettled: (() => void) | undefined;

  /** @param onSettled called once, when nothing more is to come */
  constructor(failures = 0, onSettled: () => void = () => {}) {
    this.#failures = failures;
    this.#onSettled = onSettled;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Whether the host has to be looked up anew. */
  isStale(now: number): boolean {
    return this.#listeners === undefined && this.#until <= now;
  }

  /**
   * Tells what is known, at once, and the rest when it comes.
   * @returns the look-up; disposed of, it tells nothing more
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

  /** Takes addresses, which are good until a time. @param isLast whether no more come */
  add(addresses: readonly string[], until: number, isLast: boolean): void {
    this.#addresses = [...this.#addresses, ...addresses];
    if (addresses.length > 0) this.#until = Math.min(this.#until, until);
    this.#failures = 0;
    this.#tell((listener) => listener.onAddresses(addresses, isLast), isLast);
  }

  /** Takes a failure, which is good until a time. */
  fail(error: NodeJS.ErrnoException, until: number): void {
    this.#failure = error;
    this.#failures++;
    this.#until = until;
    this.#tell((listener) => listener.onFailure(error), true);
  }

  /** Ends what is under way; nothing more is told. The addresses that are known stay. */
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
    // One that is told may dispose of others, and may begin another look-up of this host.
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

/** What is told of a look-up, perhaps before the call that begins it returns. */
export interface AddressListener {
  /**
   * Addresses of the host, those to be tried first in front.
   * @param isLast whether no more come; the last ones may be none
   */
  onAddresses(addresses: readonly string[], isLast: boolean): void;
  /** There is none. @param error as Node has it, with a `code`, or AddressError */
  onFailure(error: Error): void;
}
