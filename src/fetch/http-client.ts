import type { CookieJar } from 'tough-cookie';
import { ByteRangeError, HttpStatusError } from '../model/failure.ts';
import { DEFAULT_MAX_REQUESTS } from '../model/options.ts';
import type { Fetch, FetchRequest, Open, Received, Release } from '../model/response.ts';
import type { AcceptedTypes } from './accepted-types.ts';
import { ACCEPTED_CODINGS } from './body/coding/content-codings.ts';
import { SAMPLE_SIZE } from './body/sniffed-type.ts';
import { TypedBody } from './body/typed-body.ts';
import { ConnectionPools } from './connections/connection-pools.ts';
import { fileJar } from './cookies.ts';
import { AddressGuard } from './dns/address-guard.ts';
import { HostResolver } from './dns/host-resolver.ts';
import {
  type ClientContext,
  GetRequest,
  type GetRequestOptions,
  maskSecrets,
} from './get-request.ts';
import type { HttpOptions } from './http-options.ts';
import { type GetRobotsTxt, RobotsTxt } from './robots/robots-txt.ts';
import { settingsOf } from './settings.ts';
import { conditionsOf, NOTHING } from './validators.ts';

/** What a client has besides its options. All but the first are for tests to replace. */
interface ClientParts {
  /** Requests at a time to one origin; more of them wait for a free connection. @default 5 */
  readonly maxConnections?: number | undefined;
  readonly resolver?: Pick<HostResolver, 'lookup'> | undefined;
  /** Decides what `denyPrivate` refuses. */
  readonly guard?: AddressGuard | undefined;
  /** The clock that deadlines go by, in ms; it never goes back. */
  readonly now?: (() => number) | undefined;
  /** How many requests an origin must have before HTTP/2 is offered to it. */
  readonly http2From?: number | undefined;
}

/** What is asked of a robots.txt. */
const ANY_FILE = {
  decode: true,
  maxSize: Infinity,
  minSize: 0,
  speed: undefined,
  accept: undefined,
  respect: undefined,
};

/** Sends GET requests over HTTP and HTTPS, on kept connections. */
export class HttpClient implements AsyncDisposable {
  readonly #context: ClientContext;
  readonly #ownResolver: HostResolver | undefined;
  #fileJar: Promise<CookieJar> | undefined;

  /** @throws what `settingsOf` throws; what OpenSSL throws for an invalid certificate or key */
  constructor(options: HttpOptions = {}, parts: ClientParts = {}) {
    const { maxConnections = DEFAULT_MAX_REQUESTS, now, http2From } = parts;
    const { tls, denyPrivate } = options;
    const settings = settingsOf(options);
    const guard = denyPrivate ? (parts.guard ?? new AddressGuard()) : undefined;
    const { servers, overrides } = settings.dns;
    const resolver = parts.resolver ?? new HostResolver({ servers });
    this.#ownResolver = resolver instanceof HostResolver ? resolver : undefined;
    const pools = new ConnectionPools({
      ...settings,
      maxConnections,
      tls,
      resolver,
      overrides,
      guard,
      now,
      http2From,
    });
    const fileCookies = () => {
      if (settings.cookies.length === 0) return undefined;
      this.#fileJar ??= fileJar(settings.cookies);
      return this.#fileJar;
    };
    const robots = settings.robots
      ? new RobotsTxt(this.#getRobotsTxt, settings.headers['user-agent'] ?? '')
      : undefined;
    this.#context = { settings, pools, guard, robots, digests: undefined, fileCookies };
  }

  /**
   * Sends `GET`, and follows redirects.
   *
   * @returns once the whole body has come, is as long as announced, and was taken by `body`
   * @throws HttpStatusError when the answer is not the file; ByteRangeError when the part is of no use
   *   any more; RedirectError; TruncatedError; EncodingError; TooLargeError; TooSmallError;
   *   WrongTypeError; RobotsTxtError; RobotsTagError; TooSlowError; HeaderError; AddressError;
   *   SchemeError; ProxyError; ProtocolError;
   *   DeadlineError; ConnectionLostError; what Node throws when the connection fails; what `body`
   *   throws; when the request is aborted, the task's CancelledError or the signal's reason
   */
  get: Fetch = (given, body, { signal, since = performance.now(), meter }) => {
    const { accept } = this.#context.settings;
    const request = accept === undefined ? given : withSample(given);
    const conditions = conditionsOf(request, false);
    const options = { request, conditions, body, signal, since, meter };
    return accept === undefined ? this.#getAny(options) : this.#getTyped(options, accept);
  };

  /**
   * Connects ahead of the first request; see {@link Open}. It takes `deadlines.connect` at most.
   * @throws (rejects) AddressError; SchemeError; ProxyError; DeadlineError; ConnectionLostError; what
   *   Node throws for an invalid URL, or when the connection fails; the task's CancelledError or the
   *   signal's reason: the attempt is given up then, unless others wait for it
   */
  open: Open = (text, options) => {
    const { guard, pools, settings } = this.#context;
    try {
      const url = new URL(text);
      guard?.check(url.hostname);
      return pools.open({ url, isOwnOrigin: true }, options)?.catch((error: unknown) => {
        maskSecrets(error, url, settings, undefined);
        throw error;
      });
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** Closes the idle connections to `origin`, and the busy ones once they are idle; see {@link Release}. */
  release: Release = (origin) => this.#context.pools.release(new URL(origin));

  /** Closes every connection; requests in flight fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#context.pools[Symbol.dispose]();
    this.#ownResolver?.[Symbol.dispose]();
  }

  /** As any request, but for what is asked of the run's files: their type, their size, their speed. */
  readonly #getRobotsTxt: GetRobotsTxt = (url, isOwnOrigin, body) => {
    const { settings } = this.#context;
    const any = { accept: '*/*', 'accept-encoding': ACCEPTED_CODINGS };
    const context = {
      ...this.#context,
      robots: undefined,
      settings: {
        ...settings,
        ...ANY_FILE,
        plainHeaders: { ...settings.headers, ...any },
      },
    };
    const [since, signal] = [performance.now(), undefined];
    const options = { request: { url }, conditions: NOTHING, body, signal, since, isOwnOrigin };
    return new GetRequest(context, options).send();
  };

  async #getTyped(options: GetRequestOptions, accept: AcceptedTypes): Promise<Received> {
    const body = new TypedBody(options.body, accept, options.request.part);
    const received = await this.#getAny({ ...options, body });
    await body.end();
    return received;
  }

  #getAny(options: GetRequestOptions): Promise<Received> {
    return options.conditions.offset === 0 ? this.#send(options) : this.#sendRange(options);
  }

  async #send(options: GetRequestOptions): Promise<Received> {
    return await new GetRequest(this.#context, options).send();
  }

  /** Asks for the rest of a part. A server may refuse an ETag there and accept a date. */
  async #sendRange(options: GetRequestOptions): Promise<Received> {
    try {
      return await this.#send(options);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!options.conditions.hasOtherValidator) throw conditionRefused(error);
    }
    try {
      return await this.#send({ ...options, conditions: conditionsOf(options.request, true) });
    } catch (error) {
      throw isRefusal(error) ? conditionRefused(error) : error;
    }
  }
}

/** A part that is too short to show its type is no use: the file is looked at from its first byte on. */
function withSample(request: FetchRequest): FetchRequest {
  const { part, segment } = request;
  const isShort = part !== undefined && segment === undefined && part.bytes < SAMPLE_SIZE;
  return isShort ? { ...request, isWhole: true } : request;
}

/** Whether a server rejected the conditions of a request: some do not accept ETags there. */
function isRefusal(error: unknown): error is HttpStatusError {
  return error instanceof HttpStatusError && (error.status === 400 || error.status === 412);
}

/**
 * 412 is about the conditions alone. 400 may be about anything, but a part whose rest is refused on
 * every try would keep its row from ever being done, so the file is asked for anew.
 */
function conditionRefused(error: HttpStatusError): Error {
  return new ByteRangeError(`it answers ${error.status} to the condition`);
}
