import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { Suspension } from '../../concurrency/index.ts';
import type { UploadBody } from './upload-body.ts';

/** One request, signed. */
export interface SignedRequest {
  readonly origin: URL;
  readonly method: string;
  /** The path with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: UploadBody | undefined;
}

/** A whole response. */
export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body. */
  readonly text: string;
}

/** How requests are sent. */
export interface ExchangeOptions {
  readonly agent: Agent;
  /** The longest time in which nothing is sent and nothing comes, in ms. */
  readonly idle: number;
}

/**
 * Bodies that are longer are sent once the server says that it takes them (RFC 9110 section 10.1.1), so
 * that a refusal costs no upload. In bytes; curl's bound is the same.
 */
const ASKS_BEFORE = 1024 * 1024;

/** How long to wait until the server says so, in ms. Some servers never do. */
const LONGEST_ASKING = 1_000;

/** No answer of S3 is longer: a page of a listing has 1,000 keys of up to 1,024 bytes. */
const LONGEST_ANSWER = 16 * 1024 * 1024;

/** The server sent nothing, or took nothing, for too long. */
class IdleError extends Error {
  constructor(ms: number) {
    super(`nothing was sent and nothing came for ${ms / 1000} s`);
  }
}

/**
 * Sends a request and reads its whole response.
 * @throws the network's errors; the task's CancelledError, and then the connection is closed
 */
export function exchange(request: SignedRequest, options: ExchangeOptions): PromiseLike<S3Answer> {
  return new Exchange(request, options).begin(undefined);
}

/**
 * As {@link exchange}, for a request whose response's body is read as a stream. The caller reads it to its
 * end or destroys it.
 * @throws (rejects) the network's errors
 */
export function openExchange(
  request: SignedRequest,
  options: ExchangeOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = send(request, options);
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end();
  });
}

function send(request: SignedRequest, { agent, idle }: ExchangeOptions): ClientRequest {
  const { origin, method, path, headers } = request;
  const start = origin.protocol === 'https:' ? requestHttps : requestHttp;
  const { hostname, port } = origin;
  // URL keeps the brackets of an IPv6 address.
  const host = hostname.replace(/^\[|\]$/g, '');
  const sent = start({ host, port, method, path, headers, agent, timeout: idle });
  sent.on('timeout', () => sent.destroy(new IdleError(idle)));
  return sent;
}

class Exchange extends Suspension<S3Answer> {
  readonly #sent: ClientRequest;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #hasResponse = false;
  #asking: NodeJS.Timeout | undefined;

  constructor(request: SignedRequest, options: ExchangeOptions) {
    super();
    const { body } = request;
    const sent = send(request, options);
    this.#sent = sent;
    sent.on('response', (response) => this.#read(response));
    // A server that refuses may close the connection while the body is still being sent. Its response
    // counts, not the error of sending.
    sent.on('error', (error) => {
      if (!this.#hasResponse) this.#end(error);
    });
    if (body === undefined || body.bytes === 0) sent.end();
    else if (request.headers.expect === undefined) this.#write(body);
    else this.#writeOnceAsked(body);
  }

  #writeOnceAsked(body: UploadBody): void {
    const write = () => {
      clearTimeout(this.#asking);
      if (this.#asking === undefined || this.#hasResponse) return;
      this.#asking = undefined;
      this.#write(body);
    };
    this.#asking = setTimeout(write, LONGEST_ASKING);
    this.#sent.on('continue', write);
    this.#sent.flushHeaders();
  }

  #write(body: UploadBody): void {
    const sent = this.#sent;
    const opened = body.open();
    if (!('pipe' in opened)) {
      for (const piece of opened) sent.write(piece);
      sent.end();
      return;
    }
    opened.on('error', (error) => {
      sent.destroy();
      this.#end(error);
    });
    sent.on('close', () => opened.destroy());
    opened.pipe(sent);
  }

  #read(response: IncomingMessage): void {
    this.#hasResponse = true;
    clearTimeout(this.#asking);
    response.on('data', (chunk: Buffer) => {
      this.#length += chunk.length;
      if (this.#length <= LONGEST_ANSWER) this.#chunks.push(chunk);
      else response.destroy(new Error('the answer is too long'));
    });
    response.on('error', (error) => this.#end(error));
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response;
      const text = Buffer.concat(this.#chunks).toString();
      // The server would read the rest of the body as the next request.
      if (!this.#sent.writableFinished) this.#sent.destroy();
      this.#end(undefined, { status, headers, text });
    });
  }

  #end(error: Error | undefined, answer?: S3Answer): void {
    clearTimeout(this.#asking);
    if (answer !== undefined) this.resume(answer);
    else this.fail(error);
  }

  protected override abandon(): void {
    clearTimeout(this.#asking);
    this.#sent.destroy();
  }
}

/** The headers of a body: its length, and whether the server is asked before it is sent. */
export function bodyHeaders(bytes: number): Record<string, string> {
  const length = { 'content-length': String(bytes) };
  return bytes > ASKS_BEFORE ? { ...length, expect: '100-continue' } : length;
}
