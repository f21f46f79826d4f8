import type { CookieJar } from 'tough-cookie';
import { noteFailedElsewhere } from '../model/failed-elsewhere.ts';
import type { BodyMeter } from '../model/request-in-flight.ts';
import type { BodyWriter, FetchRequest, Received } from '../model/response.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import type { DigestSessions } from './auth/digest-auth.ts';
import { hasSecrets, SentSecrets } from './auth/sent-secrets.ts';
import { ownCompression } from './body/coding/content-codings.ts';
import {
  type ClassifiedResponse,
  classifyResponse,
  Redirect,
  UnauthorizedError,
} from './classify-response.ts';
import type { ConnectionPools } from './connections/connection-pools.ts';
import { Cookies } from './cookies.ts';
import type { AddressGuard } from './dns/address-guard.ts';
import { Exchange } from './exchange.ts';
import { RedirectChain } from './redirect-chain.ts';
import { RequestHeaders } from './request-headers.ts';
import type { Settings } from './settings.ts';
import type { Headers, RawHead } from './transport/request.ts';
import type { Conditions } from './validators.ts';

/** What all requests of a client share. */
export interface ClientContext {
  readonly settings: Settings;
  readonly pools: ConnectionPools;
  /** Refuses private addresses; undefined where every address is allowed. */
  readonly guard: AddressGuard | undefined;
  /** Origins that asked for Digest authentication; undefined until the first one does. */
  digests: DigestSessions | undefined;
  /** Decides which URLs may be requested; undefined where all may. */
  readonly robots: { check(url: URL, isOwnOrigin: boolean): Promise<void> | undefined } | undefined;
  /** The cookies of the run's cookie file; undefined when there is no file. */
  readonly fileCookies: () => Promise<CookieJar> | undefined;
}

/** What the caller of {@link GetRequest} supplies. */
export interface GetRequestOptions {
  readonly request: FetchRequest;
  readonly conditions: Conditions;
  /** Receives the body. */
  readonly body: BodyWriter;
  /** Aborts the request. */
  readonly signal: AbortSignal | undefined;
  /** When the wait for the file began, in ms as `performance.now()` counts: timings start here. */
  readonly since: number;
  /** Counts the bytes of the file as they come. */
  readonly meter?: BodyMeter | undefined;
  /** Whether the URL's origin may get the secrets of the run and the row. @default true */
  readonly isOwnOrigin?: boolean | undefined;
}

/**
 * How often one request is sent, at most, when its connection is lost before it was answered. Over
 * HTTP/2 that can happen twice in a row, since requests share a connection.
 */
const MOST_SENT = 3;

/** Challenges answered for one request: the first, and one more if its nonce was too old. */
const MOST_ANSWERS = 2;

/** One GET, from redirect to redirect. */
export class GetRequest {
  readonly #context: ClientContext;
  readonly #options: GetRequestOptions;
  readonly #chain: RedirectChain;
  readonly #headers: RequestHeaders;
  readonly #decodes: boolean;
  /** The URL and the name of the row: they tell whether the file itself is compressed. */
  readonly #names: readonly (string | undefined)[];
  #cookies: Cookies | undefined;
  /** The `Cookie` header of the current request. */
  #cookie: string | undefined;
  /** Secrets that were sent, which a server might repeat. */
  #secrets: SentSecrets | undefined;
  /** `Content-Disposition` of the last redirect that had one. */
  #disposition: string | undefined;

  /** @throws TypeError for an invalid URL; HeaderError for a header of the row that cannot be sent */
  constructor(context: ClientContext, options: GetRequestOptions) {
    const { settings } = context;
    const { request, conditions } = options;
    const own = new URL(request.url);
    this.#context = context;
    this.#options = options;
    this.#chain = new RedirectChain(own, settings.maxRedirects, options.isOwnOrigin);
    this.#names = [request.url, request.name];
    this.#decodes = settings.decode && request.asSent !== true;
    // A compressed file gains nothing by a content coding, which could be mistaken for its own.
    const isPlain = this.#decodes && ownCompression({ names: this.#names }) === undefined;
    this.#headers = new RequestHeaders(context, {
      headers: request.headers,
      asSent: !isPlain,
      own,
      conditions,
    });
  }

  /** Sends the request. See {@link HttpClient.get} for what is returned and thrown. */
  async send(): Promise<Received> {
    try {
      const jar = this.#context.fileCookies();
      if (jar !== undefined) this.#cookies = new Cookies(await jar);
      for (;;) {
        const asking = this.#context.robots?.check(this.#chain.url, this.#chain.isOwnOrigin);
        if (asking !== undefined) await asking;
        const answer = await this.#sendOnce();
        if (!(answer instanceof Redirect)) return answer;
        await this.#follow(answer);
      }
    } catch (error) {
      if (!this.#chain.isOwnOrigin) noteFailedElsewhere(error);
      maskSecrets(error, this.#chain.url, this.#context.settings, this.#secrets);
      throw error;
    }
  }

  /** Sends the request to the current URL, again after a lost connection or a challenge. */
  async #sendOnce(): Promise<Received | Redirect> {
    this.#cookie = this.#cookies?.headerFor(this.#chain.url);
    this.#chain.note(this.#cookie);
    let answers = 0;
    for (let sent = 1; ; sent++) {
      const exchange = this.#newExchange();
      try {
        return await this.#begin(exchange, sent > 1);
      } catch (error) {
        if (sent < MOST_SENT && exchange.mayBeSentAgain(error)) continue;
        if (!(error instanceof UnauthorizedError) || answers === MOST_ANSWERS) throw error;
        if (!(await this.#canAnswer(error, answers > 0))) throw error;
        answers++;
        sent = 0;
      }
    }
  }

  #newExchange(): Exchange {
    const { maxSize, minSize, speed, insecure } = this.#context.settings;
    const { request, body, since, meter } = this.#options;
    const end = request.segment?.end;
    const classify = (head: RawHead) => this.#classify(head);
    return new Exchange(body, { classify, maxSize, minSize, speed, insecure, end, since, meter });
  }

  /** @param needsNew whether to avoid kept connections: on those, the server may have hung up */
  #begin(exchange: Exchange, needsNew: boolean): Promise<Received | Redirect> {
    const { guard, pools } = this.#context;
    const { url, isOwnOrigin } = this.#chain;
    // Also where a proxy is asked: it must not lead where we would not go.
    guard?.check(url.hostname);
    const headers = this.#outgoing();
    const answer = exchange.begin(this.#options.signal);
    if (exchange.isGivenUp) return answer;
    try {
      exchange.steer(pools.dispatch({ url, headers, isOwnOrigin, needsNew }, exchange));
    } catch (error) {
      exchange.fail(error);
    }
    return answer;
  }

  #outgoing(): Headers {
    const headers = this.#headers.at(this.#chain, this.#cookie);
    if (hasSecrets(headers)) {
      this.#secrets ??= new SentSecrets();
      this.#secrets.note(headers);
    }
    return headers;
  }

  #classify(raw: RawHead): ClassifiedResponse {
    const { request, conditions } = this.#options;
    const { maxSize, minSize, accept, respect } = this.#context.settings;
    const response = classifyResponse(
      raw,
      {
        url: this.#shownUrl,
        offset: conditions.offset,
        part: request.part,
        segment: request.segment,
        decode: this.#decodes,
        names: this.#names,
        maxSize,
        minSize,
        accept,
        respect,
        disposition: this.#disposition,
      },
      Date.now,
    );
    if (response.kind !== 'file' || this.#secrets === undefined) return response;
    return { ...response, head: this.#secrets.withoutEchoes(response.head) };
  }

  /** The URL that is recorded. A server may repeat a secret in that of a redirect. */
  get #shownUrl(): string {
    if (this.#chain.redirects === 0) return withoutCredentials(this.#options.request.url);
    const url = withoutCredentials(this.#chain.url.href);
    return this.#secrets?.maskedUrl(url) ?? url;
  }

  /**
   * Takes up the challenge of a 401, if it asks for Digest authentication and a user and a password
   * are known.
   * @param isAgain whether the request had already answered a challenge
   * @returns whether the request is worth sending again
   */
  async #canAnswer({ challenges }: UnauthorizedError, isAgain: boolean): Promise<boolean> {
    const login = this.#headers.loginAt(this.#chain);
    if (login === undefined) return false;
    const { DigestSessions } = await import('./auth/digest-auth.ts');
    this.#context.digests ??= new DigestSessions();
    return this.#context.digests.accept(this.#chain.url, login, challenges, isAgain);
  }

  /** @throws RedirectError */
  async #follow({ location, setCookie, contentDisposition }: Redirect): Promise<void> {
    this.#disposition = contentDisposition ?? this.#disposition;
    if (setCookie.length > 0) {
      this.#cookies ??= new Cookies(undefined);
      await this.#cookies.keep(this.#chain.url, setCookie);
    }
    this.#chain.follow(location);
  }
}

/**
 * Masks secrets in an error: it quotes what a server or a proxy said, and either may repeat what it
 * was sent.
 */
export function maskSecrets(
  error: unknown,
  url: URL,
  { proxies }: Pick<Settings, 'proxies'>,
  sent: SentSecrets | undefined,
): void {
  const proxy = proxies.for(url);
  const secrets = sent ?? new SentSecrets();
  // A SOCKS proxy answers in codes, not in words.
  if (proxy?.kind === 'http') secrets.note(proxy.headers);
  secrets.mask(error);
}
