import type { Dispatcher } from 'undici';
import { Suspension } from '../concurrency/suspension.ts';
import { HttpStatusError, TruncatedError } from '../model/failure.ts';
import { reasonOf } from '../model/reason.ts';

/** Takes a body as it comes. */
export interface BodyWriter {
  /** @returns a promise when the sender should pause until it is fulfilled, else undefined */
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** What came back. */
export interface Received {
  readonly httpStatus: number;
  /** The length of the body. */
  readonly bytes: number;
}

/** The answers that come with the file: OK, and OK from a proxy that changed it. */
const FILE_STATUSES = new Set([200, 203]);

/** Bodies of error pages are read to their end up to here: cheaper than a new connection. */
const WORTH_DRAINING = 64 * 1024;

/**
 * One request and its response, as a wait: the task that made it is suspended until the body has
 * come whole. Giving the wait up aborts the request.
 */
export class Exchange extends Suspension<Received> implements Dispatcher.DispatchHandler {
  readonly #body: BodyWriter;
  #controller: Dispatcher.DispatchController | undefined;
  #httpStatus = 0;
  /** What the server announced, in bytes; NaN when it did not. */
  #announced = Number.NaN;
  #received = 0;
  /** The answer is no file: its body is only read to get it out of the way. */
  #refused: HttpStatusError | undefined;
  /** Why this ended early, if it did. */
  #givenUp: Error | undefined;

  constructor(body: BodyWriter) {
    super();
    this.#body = body;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it was waiting for a connection.
    if (this.#givenUp !== undefined) controller.abort(this.#givenUp);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText?: string,
  ): void {
    if (status < 200) return; // an interim response; the real one follows (RFC 9110 section 15.2)
    this.#httpStatus = status;
    this.#announced = Number(headers['content-length'] ?? Number.NaN);
    if (!FILE_STATUSES.has(status)) this.#refused = new HttpStatusError(status, statusText);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.byteLength;
    if (this.#refused !== undefined) {
      if (this.#received > WORTH_DRAINING) this.#giveUp(this.#refused);
      return;
    }
    const full = this.#body.write(chunk);
    if (full === undefined) return;
    controller.pause();
    full.then(
      () => controller.resume(),
      (error: unknown) => this.#giveUp(error),
    );
  }

  onResponseEnd(): void {
    if (this.#refused !== undefined) {
      this.fail(this.#refused);
    } else if (!Number.isNaN(this.#announced) && this.#received !== this.#announced) {
      this.fail(new TruncatedError(this.#announced, this.#received));
    } else {
      this.resume({ httpStatus: this.#httpStatus, bytes: this.#received });
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const cutShort = this.#httpStatus !== 0 && reasonOf(error) === 'connection-lost';
    const failure = cutShort ? new TruncatedError(this.#announced, this.#received, error) : error;
    // What the server answered counts for more than how its error page ended.
    this.fail(this.#refused ?? failure);
  }

  protected override abandon(): void {
    this.#abort(new Error('the request was given up'));
  }

  #giveUp(error: unknown): void {
    this.fail(error);
    this.#abort(error instanceof Error ? error : new Error(String(error)));
  }

  #abort(reason: Error): void {
    this.#givenUp = reason;
    this.#controller?.abort(reason);
  }
}
