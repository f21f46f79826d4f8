import type { FetchRequest } from '../model/response.ts';
import { basic, credentialsFor, type Hop, type Login } from './auth/credentials.ts';
import type { DigestSessions } from './auth/digest-auth.ts';
import { checkHeaders, forAnyOrigin, sendable } from './headers.ts';
import type { Settings } from './settings.ts';
import type { Headers } from './transport/request.ts';
import { type Conditions, NOTHING } from './validators.ts';

/** The run's part of the headers. */
interface HeaderContext {
  readonly settings: Pick<Settings, 'credentials' | 'plainHeaders' | 'asSentHeaders'>;
  /** Origins that asked for Digest authentication; undefined while none did. */
  readonly digests: DigestSessions | undefined;
}

/** The row's part of the headers. */
interface RowHeaders extends Pick<FetchRequest, 'headers' | 'asSent'> {
  /** The row's URL. */
  readonly own: URL;
  readonly conditions: Conditions;
}

/** The headers of one row's requests, from redirect to redirect. */
export class RequestHeaders {
  readonly #context: HeaderContext;
  readonly #own: URL;
  readonly #conditions: Headers;
  /** For the row's own origin. */
  readonly #ownHeaders: Headers;
  /** For other origins, once a redirect leads to one. */
  #otherHeaders: Headers | undefined;

  /** @throws HeaderError for a header of the row that cannot be sent */
  constructor(context: HeaderContext, { headers, asSent, own, conditions }: RowHeaders) {
    this.#context = context;
    this.#own = own;
    this.#conditions = conditions.headers;
    // Nearly all requests of a run have the same headers, so they are made once.
    const { plainHeaders, asSentHeaders } = context.settings;
    // A range counts bytes as they are sent: the rest of a decoded file must come without a coding.
    const usual = asSent || conditions.offset > 0 ? asSentHeaders : plainHeaders;
    this.#ownHeaders = headers === undefined ? usual : { ...usual, ...checkHeaders(headers) };
  }

  /**
   * @param cookies from the jars, for this request
   * @returns the headers to send: those of the run or the row, with conditions, cookies and credentials
   * @throws HeaderError for what cannot be sent
   */
  at(hop: Hop, cookies: string | undefined): Headers {
    const given = this.#givenAt(hop);
    const authorization = given.authorization ?? this.#authorizationFor(hop);
    const hasMore = cookies !== undefined || authorization !== given.authorization;
    if (!hasMore && this.#conditions === NOTHING.headers) return given;
    const headers: Record<string, string> = { ...given, ...this.#conditions };
    if (cookies !== undefined) {
      headers.cookie = given.cookie === undefined ? cookies : `${given.cookie}; ${cookies}`;
    }
    if (authorization !== undefined) headers.authorization = authorization;
    return sendable(headers);
  }

  /** The user and the password for `hop`; undefined where a header or a token takes their place. */
  loginAt(hop: Hop): Login | undefined {
    if (this.#givenAt(hop).authorization !== undefined) return undefined;
    const who = this.#credentialsFor(hop);
    return who === undefined || 'token' in who ? undefined : who;
  }

  #givenAt(hop: Hop): Headers {
    if (hop.isOwnOrigin) return this.#ownHeaders;
    this.#otherHeaders ??= forAnyOrigin(this.#ownHeaders);
    return this.#otherHeaders;
  }

  #credentialsFor(hop: Hop) {
    return credentialsFor(hop, this.#own, this.#context.settings.credentials);
  }

  #authorizationFor(hop: Hop): string | undefined {
    const who = this.#credentialsFor(hop);
    if (who === undefined) return undefined;
    if ('token' in who) return `Bearer ${who.token}`;
    const digest = this.#context.digests?.authorization(hop.url, who);
    return digest ?? basic(who.username, who.password);
  }
}
