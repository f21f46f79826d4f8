import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { headOf } from './head.ts';
import { type Answer, honestAnswer } from './honest-answer.ts';
import type { Resource } from './resource.ts';

/**
 * A request whose answer goes wrong, and the means to send that answer: Node's response for valid HTTP,
 * the bare connection for bytes that Node would not send.
 */
export class FaultyExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly file: Resource;
  /** How many requests for this path came before. */
  readonly nth: number;
  readonly #gone = new AbortController();

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { file, nth }: { readonly file: Resource; readonly nth: number },
  ) {
    this.request = request;
    this.response = response;
    this.file = file;
    this.nth = nth;
    response.once('close', () => this.#gone.abort());
  }

  /** The answer of an honest server. */
  get honest(): Answer {
    return honestAnswer(this.request, this.file);
  }

  get socket(): Socket {
    return this.request.socket;
  }

  /** The path and query of the request. */
  get target(): string {
    return this.request.url ?? '/';
  }

  /** The origin under the name that the client used. */
  get origin(): string {
    return `http://${this.request.headers.host}`;
  }

  /** Sends a whole answer. */
  send({ status, headers, body }: Answer): void {
    this.response.writeHead(status, headers).end(body);
  }

  /** Sends a status, with a body that only repeats it. */
  refuse(status: number, headers: Readonly<Record<string, string>> = {}): void {
    const body = Buffer.from(`${status} ${STATUS_CODES[status] ?? ''}\n`);
    this.send({ status, headers: { ...headers, 'content-length': String(body.length) }, body });
  }

  /** Writes bytes to the connection, bypassing Node's response, which must not be used afterwards. */
  sendRaw(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends an answer that Node might refuse to send, and ends the connection in order. */
  sendUnchecked({ status, headers, body }: Answer): void {
    this.sendRaw(headOf(status, headers));
    this.sendRaw(body);
    this.hangUp();
  }

  /** Ends the connection in order (FIN), after all that was written. */
  hangUp(): void {
    this.socket.end();
  }

  /** Ends the connection as a crash does (RST). */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /**
   * Writes a piece of the body, and waits until there is room for the next one.
   * @returns whether the client is still connected
   */
  async sendPiece(piece: Uint8Array): Promise<boolean> {
    if (this.#gone.signal.aborted) return false;
    if (this.response.write(piece)) return true;
    return await this.#unlessGone(once(this.response, 'drain', { signal: this.#gone.signal }));
  }

  /**
   * Waits until the pieces written so far have been handed to the system.
   * @returns whether the client is still connected
   */
  async flushed(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.write('', () => resolve());
    await promise;
    return !this.#gone.signal.aborted;
  }

  /**
   * Waits.
   * @param ms Infinity to wait until the client disconnects
   * @returns whether the client is still connected
   */
  async pause(ms: number): Promise<boolean> {
    const { signal } = this.#gone;
    if (signal.aborted) return false;
    const waited = Number.isFinite(ms)
      ? setTimeout(ms, undefined, { signal })
      : once(signal, 'abort').then(() => Promise.reject(signal.reason));
    return await this.#unlessGone(waited);
  }

  async #unlessGone(wait: Promise<unknown>): Promise<boolean> {
    try {
      await wait;
      return true;
    } catch (error) {
      if (this.#gone.signal.aborted) return false;
      throw error;
    }
  }
}
