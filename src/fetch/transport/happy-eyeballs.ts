import { isIP } from 'node:net';

/** How long an attempt has until the next address is tried beside it, in ms (RFC 8305 section 5). */
const ATTEMPT_DELAY = 250;

/** An attempt to connect, which tells of itself as a Socket does. */
export interface Attempt {
  once(event: 'connect', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

/**
 * Connects to the first of a host's addresses that answers (Happy Eyeballs, RFC 8305 section 5). IPv6
 * and IPv4 addresses are tried in turn, each beside those before it, and the others are closed once one
 * of them connects.
 */
export class HappyEyeballs<A extends Attempt> implements Disposable {
  readonly #open: (address: string) => A;
  readonly #done: (result: A | Error) => void;
  /** Not tried yet. */
  #addresses: readonly string[] = [];
  /** Of the address that was tried last; 0 before the first. */
  #lastFamily = 0;
  #isEmpty = true;
  #isComplete = false;
  readonly #attempts = new Map<A, (error: Error) => void>();
  readonly #errors: Error[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /**
   * @param open starts to connect
   * @param done called once: with an attempt that is connected and has no listener of this class, or with
   *   why there is none
   */
  constructor(open: (address: string) => A, done: (result: A | Error) => void) {
    this.#open = open;
    this.#done = done;
  }

  /** Whether no address is known yet. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Addresses to try, in this order within each family. @param isLast whether no more come */
  add(addresses: readonly string[], isLast: boolean): void {
    if (this.#isOver) return;
    if (addresses.length > 0) this.#isEmpty = false;
    this.#addresses = inTurn([...this.#addresses, ...addresses], this.#lastFamily);
    this.#isComplete = isLast;
    if (this.#attempts.size === 0) this.#tryNext();
    else this.#tryLater();
  }

  /** No more addresses come, since a look-up failed. */
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
    // An attempt that fails after it was given up still has the listener of its errors.
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
    // A connection may last for hours: it does not keep this alive.
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
 * The families in turn, so that neither is tried out before the other (RFC 8305 section 4).
 * @param last which family has had its turn; 0 when the first address decides
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
