import type { Socket } from 'node:net';

/** How long an attempt has until the next address is tried beside it, in ms (RFC 8305 section 5). */
const ATTEMPT_DELAY = 250;

/**
 * Connects to the first of a host's addresses that answers (Happy Eyeballs, RFC 8305 section 5). The
 * addresses are tried in their order, each beside those before it, and the others are closed once one
 * of them connects.
 */
export class HappyEyeballs implements Disposable {
  readonly #open: (address: string) => Socket;
  readonly #done: (result: Socket | Error) => void;
  readonly #addresses: string[] = [];
  /** Those before it have been tried. */
  #next = 0;
  #isComplete = false;
  readonly #attempts = new Set<Socket>();
  readonly #errors: Error[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /**
   * @param open starts to connect, and says so with the events of a Socket
   * @param done called once: with a socket that is connected, its listeners for the caller to add, or
   *   with why there is none
   */
  constructor(open: (address: string) => Socket, done: (result: Socket | Error) => void) {
    this.#open = open;
    this.#done = done;
  }

  /** Whether no address is known yet. */
  get isEmpty(): boolean {
    return this.#addresses.length === 0;
  }

  /** Addresses to try after those before. @param isLast whether no more come */
  add(addresses: readonly string[], isLast: boolean): void {
    if (this.#isOver) return;
    this.#addresses.push(...addresses);
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
    for (const socket of this.#attempts) socket.destroy();
  }

  #tryNext(): void {
    const address = this.#addresses[this.#next];
    if (address === undefined) {
      if (this.#attempts.size === 0 && this.#isComplete) this.#end(failureOf(this.#errors));
      return;
    }
    this.#next++;
    const socket = this.#open(address);
    this.#attempts.add(socket);
    socket.once('connect', () => this.#end(socket));
    // It stays, so that an attempt which fails after it was given up has a listener.
    socket.on('error', (error) => this.#lose(socket, error));
    this.#tryLater();
  }

  #tryLater(): void {
    if (this.#timer !== undefined || this.#next === this.#addresses.length) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tryNext();
    }, ATTEMPT_DELAY);
  }

  #lose(socket: Socket, error: Error): void {
    if (this.#isOver || !this.#attempts.delete(socket)) return;
    this.#errors.push(error);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tryNext();
  }

  #end(result: Socket | Error): void {
    if (this.#isOver) return;
    if (!(result instanceof Error)) this.#attempts.delete(result);
    this[Symbol.dispose]();
    this.#done(result);
  }
}

function failureOf(errors: readonly Error[]): Error {
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) return first;
  return new AggregateError(errors, '');
}
