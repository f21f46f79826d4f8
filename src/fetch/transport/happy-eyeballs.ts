import { isIP } from 'node:net';

/** How long an attempt has before the next address is tried beside it, in ms (RFC 8305 section 5). */
const ATTEMPT_DELAY = 250;

/** An attempt to connect, with the events of a Socket. */
export interface Attempt {
  once(event: 'connect', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

/**
 * Connects to the first of a host's addresses that answers (Happy Eyeballs, RFC 8305 section 5).
 * IPv6 and IPv4 addresses are tried alternately, each while the earlier ones are still under way.
 * Once one is connected the others are closed.
 */
export class HappyEyeballs<A extends Attempt> implements Disposable {
  readonly #open: (address: string) => A;
  readonly #done: (result: A | Error) => void;
  /** Addresses that were not tried yet. */
  #addresses: readonly string[] = [];
  /** The family of the address tried last; 0 before the first. */
  #lastFamily = 0;
  #isEmpty = true;
  #isComplete = false;
  readonly #attempts = new Map<A, (error: Error) => void>();
  readonly #errors: Error[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /**
   * @param open starts to connect to an address
   * @param done called once: with a connected attempt, without listeners of this class, or the
   *   error
   */
  constructor(open: (address: string) => A, done: (result: A | Error) => void) {
    this.#open = open;
    this.#done = done;
  }

  /** Whether no address is known yet. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /**
   * Adds addresses, in the order in which those of each family are tried. @param isLast whether no
   * more come
   */
  add(addresses: readonly string[], isLast: boolean): void {
    if (this.#isOver) return;
    if (addresses.length > 0) this.#isEmpty = false;
    this.#addresses = inTurn([...this.#addresses, ...addresses], this.#lastFamily);
    this.#isComplete = isLast;
    if (this.#attempts.size === 0) this.#tryNext();
    else this.#tryLater();
  }

  /** The look-up failed, so no more addresses come. */
  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isComplete = true;
    this.#errors.push(error);
    if (this.#attempts.size === 0) this.#tryNext();
  }

  /** Gives all attempts up. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    // The error listener stays: an attempt may fail after it was given up.
    for (const attempt of this.#attempts.keys()) attempt.destroy();
    this.#attempts.clear();
  }

  #tryNext(): void {
    const [address, ...rest] = this.#addresses;
    if (address === undefined) {
      if (this.#attempts.size === 0 && this.#isComplete) this.#end(failureOf(this.#errors));
      return;
    }
    this.#addresses = rest;
    this.#lastFamily = isIP(address);
    const attempt = this.#open(address);
    const onError = (error: Error) => this.#lose(attempt, error);
    this.#attempts.set(attempt, onError);
    attempt.once('connect', () => this.#win(attempt, onError));
    attempt.on('error', onError);
    this.#tryLater();
  }

  #tryLater(): void {
    if (this.#timer !== undefined || this.#addresses.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tryNext();
    }, ATTEMPT_DELAY);
  }

  #win(attempt: A, onError: (error: Error) => void): void {
    // A connection may last for hours, and must not keep this object alive.
    attempt.off('error', onError);
    this.#attempts.delete(attempt);
    this.#end(attempt);
  }

  #lose(attempt: A, error: Error): void {
    if (this.#isOver || !this.#attempts.delete(attempt)) return;
    this.#errors.push(error);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tryNext();
  }

  #end(result: A | Error): void {
    if (this.#isOver) return;
    this[Symbol.dispose]();
    this.#done(result);
  }
}

/**
 * Alternates the families, so that both are tried early (RFC 8305 section 4).
 * @param last the family tried last; 0 when the first address decides
 */
function inTurn(addresses: readonly string[], last: number): readonly string[] {
  const first = last === 0 ? isIP(addresses[0] ?? '') : 10 - last;
  const preferred = addresses.filter((address) => isIP(address) === first);
  const others = addresses.filter((address) => isIP(address) !== first);
  const longest = Math.max(preferred.length, others.length);
  return Array.from({ length: longest }, (_, i) => [preferred[i], others[i]])
    .flat()
    .filter((address) => address !== undefined);
}

function failureOf(errors: readonly Error[]): Error {
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) return first;
  return new AggregateError(errors, '');
}
