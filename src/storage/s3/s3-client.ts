import { createHash } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import aws4 from 'aws4';
import { sleep } from '../../concurrency/index.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { Environment } from './aws-settings.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import {
  bodyHeaders,
  type ExchangeOptions,
  exchange,
  openExchange,
  type S3Answer,
  type SignedRequest,
} from './exchange.ts';
import {
  fatalWords,
  isExpired,
  isThrottled,
  mayPass,
  S3ConnectionError,
  S3Error,
} from './s3-errors.ts';
import { type BucketAddress, encoded, encodedKey } from './s3-location.ts';
import type { UploadBody } from './upload-body.ts';
import { UploadLimit } from './upload-limit.ts';

/** A request for a bucket or one of its objects. */
export interface S3Request {
  /** For messages: what it does. */
  readonly what: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** @default the bucket itself */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: UploadBody | undefined;
  /** Statuses besides 2xx that are an answer and no error. */
  readonly expected?: readonly number[] | undefined;
  /** An answer may be an error though its status is 200. @returns the error @default none is */
  readonly check?: ((answer: S3Answer) => Error | undefined) | undefined;
  /** Tries, the first one included. @default 8 */
  readonly tries?: number | undefined;
  /** Called with the failure of each try. */
  readonly onFailure?: ((error: Error) => void) | undefined;
  /** Whether cancelling the task ends a request under way; otherwise only waits end. @default false */
  readonly isInterruptible?: boolean | undefined;
}

/** What a client is made with. */
export interface S3ClientOptions {
  readonly address: BucketAddress;
  readonly region: string;
  readonly credentials: CredentialSource;
  /** For messages, without secrets: `s3://bucket/prefix`. */
  readonly location: string;
  /** For the proxy (`HTTPS_PROXY`, `NO_PROXY`). */
  readonly environment: Environment;
  /** The certificates that the server's is checked against. @default those of the system's Node */
  readonly ca?: string | undefined;
  /** The longest time in which nothing is sent and nothing comes, in ms. @default 60_000 */
  readonly idle?: number | undefined;
  /** The bounds of the waits between two tries, in ms. @default { base: 200, max: 20_000 } */
  readonly backoff?: { readonly base: number; readonly max: number } | undefined;
  /** @default Math.random */
  readonly random?: (() => number) | undefined;
  /** The address in another region. @default it stays as it is */
  readonly inRegion?: ((region: string) => BucketAddress) | undefined;
}

const TRIES = 8;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** A server's clock may be this far from ours, in ms; requests beyond 15 minutes are refused. */
const CLOCKS_DIFFER = 60_000;

/**
 * Sends requests to one bucket: signed, a bounded number at a time, and again when an error may pass.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export class S3Client implements Disposable {
  readonly #options: S3ClientOptions;
  readonly #exchange: ExchangeOptions;
  readonly limit = new UploadLimit();
  #address: BucketAddress;
  #region: string;
  /** How far the server's clock is ahead of ours, in ms. */
  #ahead = 0;

  constructor(options: S3ClientOptions) {
    this.#options = options;
    this.#address = options.address;
    this.#region = options.region;
    const isTls = options.address.origin.protocol === 'https:';
    const { ca, environment, idle = 60_000 } = options;
    // `proxyEnv` is in Node from 24.5 on.
    const kept = { keepAlive: true, proxyEnv: proxyVariables(environment) } as object;
    const agent = isTls ? new HttpsAgent({ ...kept, ca }) : new HttpAgent(kept);
    this.#exchange = { agent, idle };
  }

  /** Scheme, host and port of the server that the first request goes to. */
  get origin(): string {
    return this.#options.address.origin.origin;
  }

  get isAws(): boolean {
    return this.#address.isAws;
  }

  /**
   * Sends a request until it has an answer.
   * @throws BrokenRunError when no object at all can be stored; S3Error, S3ConnectionError after the last
   *   try; what `check` returns; the file system's errors; the task's CancelledError
   */
  async send(request: S3Request): Promise<S3Answer> {
    return await this.#untilAnswered(request, async (signed) => {
      const sent = exchange(signed, this.#exchange);
      // A promise of its own is not interrupted: a body that has come whole is still saved.
      const answer = request.isInterruptible ? await sent : await uninterrupted(sent);
      return { answer, result: answer };
    });
  }

  /** As {@link send}, of an answer whose body is a stream. The caller reads or destroys it. */
  async open(request: S3Request): Promise<IncomingMessage> {
    return await this.#untilAnswered(request, async (signed) => {
      const response = await openExchange(signed, this.#exchange);
      const { statusCode: status = 0, headers } = response;
      if (status < 300) return { answer: { status, headers, text: '' }, result: response };
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return { answer: { status, headers, text }, result: response };
    });
  }

  [Symbol.dispose](): void {
    this.#exchange.agent.destroy();
  }

  async #untilAnswered<T>(
    request: S3Request,
    send: (signed: SignedRequest) => Promise<{ answer: S3Answer; result: T }>,
  ): Promise<T> {
    const { tries = TRIES, what } = request;
    const digests = await request.body?.digests(!this.isAws);
    for (let failures = 1; ; failures++) {
      let failure: Error;
      let credentials: Credentials;
      {
        using _ = await this.limit.acquire();
        credentials = await this.#options.credentials.get();
        const signed = this.#signed(request, credentials, digests?.sha256.toString('hex'));
        const sent = await send(signed).catch((cause: unknown) => connectionError(what, cause));
        const error = sent instanceof Error ? sent : errorOf(request, sent.answer);
        if (error === undefined) {
          this.limit.succeeded();
          return (sent as { result: T }).result;
        }
        failure = error;
        request.onFailure?.(failure);
        if (isThrottled(failure)) this.limit.throttled();
      }
      if (failures < tries && (await this.#adapted(failure, credentials))) continue;
      const words = fatalWords(failure);
      if (words !== undefined) throw this.broken(words, failure, credentials);
      if (failures >= tries || !mayPass(failure)) throw failure;
      await sleep(this.#waitAfter(failure, failures));
    }
  }

  /** An error that says that nothing can be stored. */
  broken(words: string, cause: Error, credentials?: Credentials): BrokenRunError {
    const code = cause instanceof S3Error ? ` (${cause.s3Code ?? cause.status})` : '';
    const from =
      credentials !== undefined && /credential|key/.test(words) ? ` of ${credentials.from}` : '';
    return new BrokenRunError(
      `${this.#options.location}: ${words.replace('the credentials', `the credentials${from}`)}${code}; what is done stays done, and the same command goes on`,
      { cause },
    );
  }

  /** Does what the server's error asks for. @returns whether the request is to be sent again at once */
  async #adapted(error: Error, credentials: Credentials): Promise<boolean> {
    if (!(error instanceof S3Error)) return false;
    if (isExpired(error)) return await this.#options.credentials.replace(credentials);
    if (error.s3Code === 'RequestTimeTooSkewed' && error.serverTime !== undefined) {
      const ahead = error.serverTime - Date.now();
      if (Math.abs(ahead - this.#ahead) < CLOCKS_DIFFER) return false;
      this.#ahead = ahead;
      return true;
    }
    const { region } = error;
    if (region === undefined || region === this.#region || !isElsewhere(error)) return false;
    this.#region = region;
    this.#address = this.#options.inRegion?.(region) ?? this.#address;
    return true;
  }

  #waitAfter(error: Error, failures: number): number {
    const { backoff = { base: 200, max: 20_000 }, random = Math.random } = this.#options;
    const asked = error instanceof S3Error ? (error.retryAfter ?? 0) : 0;
    const bound = Math.min(backoff.max, backoff.base * 2 ** (failures - 1));
    return Math.max(Math.min(asked, backoff.max), random() * bound);
  }

  #signed(request: S3Request, credentials: Credentials, sha256 = EMPTY_SHA256): SignedRequest {
    const { method, key = '', query = {}, body } = request;
    const { origin, path: base } = this.#address;
    const path = key === '' ? base || '/' : `${base}/${encodedKey(key)}`;
    const isUpload = method === 'PUT' || method === 'POST';
    const headers: Record<string, string> = {
      ...request.headers,
      ...(isUpload ? bodyHeaders(body?.bytes ?? 0) : {}),
      host: origin.host,
      'x-amz-content-sha256': sha256,
      'x-amz-date': amzDate(Date.now() + this.#ahead),
    };
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const parameters = Object.entries(query).map(
      ([name, value]) => `${encoded(name)}=${encoded(value)}`,
    );
    const whole = parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
    const signed = aws4.sign(
      { service: 's3', region: this.#region, host: origin.host, method, path: whole, headers },
      { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    );
    return {
      origin,
      method,
      path: whole,
      headers: signed.headers as Record<string, string>,
      body,
    };
  }
}

function errorOf({ what, expected, check }: S3Request, answer: S3Answer): Error | undefined {
  const { status } = answer;
  if ((status >= 200 && status < 300) || expected?.includes(status)) return check?.(answer);
  return new S3Error(what, answer);
}

/** Errors that say in which region the bucket is. */
function isElsewhere({ status, s3Code }: S3Error): boolean {
  return (
    status === 301 ||
    status === 307 ||
    s3Code === 'AuthorizationHeaderMalformed' ||
    s3Code === 'IllegalLocationConstraintException'
  );
}

/** @throws `cause` when it is not about the connection: a file that cannot be read, or a cancellation */
function connectionError(what: string, cause: unknown): Error {
  const isOfNetwork =
    cause instanceof Error && !('path' in cause) && cause.name !== 'CancelledError';
  if (!isOfNetwork) throw cause;
  return new S3ConnectionError(what, cause);
}

function uninterrupted<T>(future: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => void future.then(resolve, reject));
}

function amzDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

/** The variables that name proxies. Node takes them from an object, and nothing else of it. */
function proxyVariables(environment: Environment): Record<string, string | undefined> {
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY, http_proxy, https_proxy, no_proxy } = environment;
  return { HTTP_PROXY, HTTPS_PROXY, NO_PROXY, http_proxy, https_proxy, no_proxy };
}
