import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Answer, honestAnswer } from './honest-answer.ts';
import type { Resource } from './resource.ts';

/**
 * A request whose answer goes wrong, and the means for that: Node's response as long as what is sent
 * is HTTP, the bare connection for all that Node would never send.
 */
export class FaultyExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly file: Resource;
  /** How often this path was asked for before. */
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

  /** What an honest server would send. */
  get honest(): Answer {
    return honestAnswer(this.request, this.file);
  }

  get socket(): Socket {
    return this.request.socket;
  }

  /** The path and query that were asked for. */
  get target(): string {
    return this.request.url ?? '/';
  }

  /** The origin as the client calls it. */
  get origin(): string {
    return `http://${this.request.headers.host}`;
  }

  /** Sends a whole answer. */
  send({ status, headers, body }: Answer): void {
    this.response.writeHead(status, headers).end(body);
  }

  /** Sends a status and nothing more to read. */
  refuse(status: number, headers: Readonly<Record<string, string>> = {}): void {
    const body = Buffer.from(`${status} ${STATUS_CODES[status] ?? ''}\n`);
    this.send({ status, headers: { ...headers, 'content-length': String(body.length) }, body });
  }

  /** Bytes onto the connection, past Node's idea of a response; nothing of Node's may follow. */
  sendRaw(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Ends the connection in order (FIN), once what was written is out. */
  hangUp(): void {
    this.socket.end();
  }

  /** Ends it as a crash does (RST). */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /**
   * Writes a piece of the body, and waits for room before the next.
   * @returns whether the client is still there
   */
  async sendPiece(piece: Uint8Array): Promise<boolean> {
    if (this.#gone.signal.aborted) return false;
    if (this.response.write(piece)) return true;
    return await this.#unlessGone(once(this.response, 'drain', { signal: this.#gone.signal }));
  }

  /**
   * Waits until a piece that was written is on its way.
   * @returns whether the client is still there
   */
  async flushed(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.write('', () => resolve());
    await promise;
    return !this.#gone.signal.aborted;
  }

  /**
   * @param ms Infinity: until the client leaves
   * @returns whether the client is still there
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
