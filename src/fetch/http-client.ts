import type { CookieJar } from 'tough-cookie';
import { noteFailedElsewhere } from '../model/failed-elsewhere.ts';
import { ByteRangeError, HttpStatusError } from '../model/failure.ts';
import type {
  BodyWriter,
  Fetch,
  FetchRequest,
  Open,
  Received,
  Release,
} from '../model/response.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import type { Hop } from './auth/credentials.ts';
import { DigestSessions } from './auth/digest-auth.ts';
import { hasSecrets, SentSecrets } from './auth/sent-secrets.ts';
import { ownCompression } from './body/coding/content-codings.ts';
import {
  classifyResponse,
  type Expectation,
  Redirect,
  UnauthorizedError,
} from './classify-response.ts';
import { ConnectionPools } from './connections/connection-pools.ts';
import { Cookies, fileJar } from './cookies.ts';
import { AddressGuard } from './dns/address-guard.ts';
import { HostResolver } from './dns/host-resolver.ts';
import { Exchange } from './exchange.ts';
import type { HttpOptions } from './http-options.ts';
import { RedirectChain } from './redirect-chain.ts';
import { RequestHeaders } from './request-headers.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { Headers } from './transport/request.ts';
import { type Conditions, conditionsOf } from './validators.ts';

/** One GET on its way. */
interface Errand {
  readonly request: FetchRequest;
  readonly body: BodyWriter;
  readonly signal: AbortSignal | undefined;
  /** When it began, as `performance.now()` has it. */
  readonly since: number;
}

/** What a response is held against, and what it must not say again. */
interface Expected extends Expectation {
  readonly secrets: SentSecrets | undefined;
}

/** How often a request is sent, at most, without an answer: one over HTTP/2 has no connection of its own. */
const MOST_SENT = 3;

/** Challenges that are answered for a request: one, and one more whose nonce was too old. */
const MOST_ANSWERS = 2;

/** What a client stands on, where that is not the usual: for tests. */
interface ClientParts {
  readonly resolver?: Pick<HostResolver, 'lookup'> | undefined;
  /** Says what `denyPrivate` refuses. */
  readonly guard?: AddressGuard | undefined;
  /** What deadlines go by: a clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
  /** How many requests an origin must have until HTTP/2 is offered to it. */
  readonly http2From?: number | undefined;
}

/** Speaks HTTP(S), on kept connections. */
export class HttpClient implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #guard: AddressGuard | undefined;
  readonly #pools: ConnectionPools;
  readonly #ownResolver: HostResolver | undefined;
  readonly #digests = new DigestSessions();
  #fileJar: Promise<CookieJar> | undefined;

  /**
   * @throws as `settingsOf` says; what OpenSSL has to say about a certificate or a key that is none
   */
  constructor(options: HttpOptions = {}, parts: ClientParts = {}) {
    const { guard = new AddressGuard(), now, http2From } = parts;
    this.#settings = settingsOf(options);
    this.#guard = options.denyPrivate ? guard : undefined;
    const { servers, overrides } = this.#settings.dns;
    this.#ownResolver = parts.resolver === undefined ? new HostResolver({ servers }) : undefined;
    const resolver = (parts.resolver ?? this.#ownResolver) as Pick<HostResolver, 'lookup'>;
    const { tls } = options;
    this.#pools = new ConnectionPools({
      ...this.#settings,
      tls,
      resolver,
      overrides,
      guard: this.#guard,
      now,
      http2From,
    });
  }

  /**
   * Sends `GET`, and follows redirects.
   *
   * @returns once the body has come whole, as long as announced, and was taken by `body`
   * @throws HttpStatusError when the answer is not the file; RedirectError; ByteRangeError when the
   *   part is of no use any more; TruncatedError; EncodingError; TooLargeError; TooSmallError; WrongTypeError; TooSlowError;
   *   HeaderError; AddressError; SchemeError; ProxyError; ProtocolError; DeadlineError;
   *   ConnectionLostError; what Node throws when the connection fails; what `body` throws; the task's CancelledError, or the signal's reason: the request is aborted then
   */
  get: Fetch = (request, body, { signal, since = performance.now() }) => {
    const errand = { request, body, signal, since };
    const conditions = conditionsOf(request, false);
    return conditions.offset === 0 ? this.#run(errand, conditions) : this.#goOn(errand, conditions);
  };

  /**
   * Connects ahead of the first request; see {@link Open}. It may take as long as `deadlines.connect`.
   * @throws (rejects) AddressError; SchemeError; ProxyError; DeadlineError; ConnectionLostError; what Node throws
   *   for a URL that is none, or when the connection fails; the task's CancelledError, or the signal's reason:
   *   the attempt is given up then, unless others wait for it
   */
  open: Open = (text, options) => {
    try {
      const url = new URL(text);
      this.#guard?.check(url.hostname);
      const opening = this.#pools.open({ url, atHome: true }, options);
      return opening?.catch((error: unknown) => {
        this.#maskSecrets(error, url);
        throw error;
      });
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** Closes idle connections to `origin`, and those under way once they are idle; see {@link Release}. */
  release: Release = (origin) => this.#pools.release(new URL(origin));

  /** Closes every connection; what is still in flight fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pools[Symbol.dispose]();
    this.#ownResolver?.[Symbol.dispose]();
  }

  /** Asks for the rest of a part, in another way should the server not like the first one. */
  async #goOn(errand: Errand, conditions: Conditions): Promise<Received> {
    try {
      return await this.#run(errand, conditions);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!conditions.hasOtherValidator) throw conditionRefused(error);
    }
    try {
      return await this.#run(errand, conditionsOf(errand.request, true));
    } catch (error) {
      throw isRefusal(error) ? conditionRefused(error) : error;
    }
  }

  /** From redirect to redirect. */
  async #run(errand: Errand, conditions: Conditions): Promise<Received> {
    const { request } = errand;
    const own = new URL(request.url);
    const { maxRedirects, cookies: file, maxSize, minSize, accept } = this.#settings;
    // What is compressed already gains nothing by a coding, which might be taken for the file's own.
    const names = [request.url, request.name];
    const asSent = request.asSent === true || ownCompression({ names }) !== undefined;
    const decode = this.#settings.decode && request.asSent !== true;
    const cookies = new Cookies(file.length === 0 ? undefined : await this.#jar());
    const headers = new RequestHeaders(
      this.#settings,
      { headers: request.headers, asSent },
      { own, conditions, digests: this.#digests },
    );
    const { part, segment } = request;
    const { offset } = conditions;
    const asked = { offset, part, segment, decode, names, maxSize, minSize, accept };
    const chain = new RedirectChain(own, maxRedirects);
    let secrets: SentSecrets | undefined;
    let disposition: string | undefined;
    try {
      for (;;) {
        const jarred = cookies.headerFor(chain.url);
        chain.note(jarred);
        const url = chain.redirects === 0 ? request.url : chain.url.href;
        const send = () => {
          const outgoing = headers.at(chain, jarred);
          if (hasSecrets(outgoing)) {
            secrets ??= new SentSecrets();
            secrets.note(outgoing);
          }
          const expected = { url: withoutCredentials(url), ...asked, disposition, secrets };
          return this.#send(errand, chain, outgoing, expected);
        };
        let answer: Received | Redirect;
        try {
          answer = await send();
        } catch (error) {
          answer = await this.#authenticated(error, chain, headers, send);
        }
        if (!(answer instanceof Redirect)) return answer;
        disposition = answer.contentDisposition ?? disposition;
        await cookies.keep(chain.url, answer.setCookie);
        chain.follow(answer.location);
      }
    } catch (error) {
      if (!chain.atHome) noteFailedElsewhere(error);
      this.#maskSecrets(error, chain.url, secrets);
      throw error;
    }
  }

  /**
   * Sends a request again after a 401, with an answer to the server's challenge, where that is for Digest
   * authentication and a user and a password are known.
   * @throws `error` when there is no challenge to answer; what the last request failed with
   */
  async #authenticated(
    error: unknown,
    hop: Hop,
    headers: RequestHeaders,
    send: () => Promise<Received | Redirect>,
  ): Promise<Received | Redirect> {
    let failure = error;
    for (let answers = 0; answers < MOST_ANSWERS; answers++) {
      if (!(failure instanceof UnauthorizedError)) break;
      const login = headers.loginAt(hop);
      const isKnown = login !== undefined;
      if (!isKnown || !this.#digests.accept(hop.url, login, failure.challenges, answers > 0)) break;
      try {
        return await send();
      } catch (next) {
        failure = next;
      }
    }
    throw failure;
  }

  /**
   * Once; and again, on a new connection, when it was a kept one on which the server had hung up
   * before it could know of the request, or had sent what was no answer.
   */
  async #send(
    errand: Errand,
    chain: RedirectChain,
    headers: Headers,
    expected: Expected,
  ): Promise<Received | Redirect> {
    for (let sent = 1; ; sent++) {
      const exchange = this.#exchange(errand, expected);
      try {
        return await this.#dispatch(exchange, errand, chain, headers, sent > 1);
      } catch (error) {
        if (!exchange.isOfConnection(error) || sent === MOST_SENT) throw error;
      }
    }
  }

  /** What a server or a proxy says becomes part of messages, and it may repeat what it was sent. */
  #maskSecrets(error: unknown, url: URL, secrets = new SentSecrets()): void {
    const proxy = this.#settings.proxies.for(url);
    // A SOCKS proxy answers in codes, and not in words.
    if (proxy !== undefined && 'headers' in proxy) secrets.note(proxy.headers);
    secrets.mask(error);
  }

  #exchange({ request, body, since }: Errand, expected: Expected): Exchange {
    const { maxSize, minSize, speed } = this.#settings;
    const look = (head: Parameters<typeof classifyResponse>[0]) => {
      const response = classifyResponse(head, expected, Date.now);
      const { secrets } = expected;
      if (response.kind !== 'file' || secrets === undefined) return response;
      return { ...response, head: secrets.withoutEchoes(response.head) };
    };
    const end = request.segment?.end;
    return new Exchange(body, { classify: look, maxSize, minSize, speed, end, since });
  }

  #dispatch(
    exchange: Exchange,
    { signal }: Errand,
    { url, atHome }: RedirectChain,
    headers: Headers,
    needsNew: boolean,
  ): Promise<Received | Redirect> {
    // Also where a proxy is asked: it must not lead us where we would not go.
    this.#guard?.check(url.hostname);
    const answer = exchange.begin(signal);
    if (exchange.isGivenUp) return answer;
    try {
      exchange.steer(this.#pools.dispatch({ url, headers, atHome, needsNew }, exchange));
    } catch (error) {
      exchange.fail(error);
    }
    return answer;
  }

  /** Read once. */
  #jar(): Promise<CookieJar> {
    this.#fileJar ??= fileJar(this.#settings.cookies);
    return this.#fileJar;
  }
}

/** Whether a server would not take the conditions of a request: some do not like ETags there. */
function isRefusal(error: unknown): error is HttpStatusError {
  return error instanceof HttpStatusError && (error.status === 400 || error.status === 412);
}

/**
 * 412 is about the conditions alone. 400 may be about anything; but a part that is asked for in vain
 * each time would keep its row from ever being done, so the file is asked for anew.
 */
function conditionRefused(error: HttpStatusError): Error {
  return new ByteRangeError(`it answers ${error.status} to the condition`);
}
