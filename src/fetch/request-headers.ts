import type { FetchRequest } from '../model/response.ts';
import { basic, credentialsFor, type Hop, type Login } from './auth/credentials.ts';
import type { DigestSessions } from './auth/digest-auth.ts';
import { checkHeaders, forAnyOrigin, sendable } from './headers.ts';
import type { Settings } from './settings.ts';
import type { Headers } from './transport/request.ts';
import { type Conditions, NOTHING } from './validators.ts';

/** The headers of one row's requests, from redirect to redirect. */
export class RequestHeaders {
  readonly #settings: Pick<Settings, 'credentials'>;
  readonly #own: URL;
  readonly #digests: DigestSessions;
  readonly #conditions: Headers;
  readonly #atHome: Headers;
  #elsewhere: Headers | undefined;

  /** @throws HeaderError for one of the row's own that cannot be sent */
  constructor(
    settings: Pick<Settings, 'credentials' | 'plainHeaders' | 'asSentHeaders'>,
    { headers, asSent = false }: Pick<FetchRequest, 'headers' | 'asSent'>,
    {
      own,
      conditions,
      digests,
    }: {
      readonly own: URL;
      readonly conditions: Conditions;
      /** Origins that have asked for Digest authentication. */
      readonly digests: DigestSessions;
    },
  ) {
    this.#settings = settings;
    this.#own = own;
    this.#digests = digests;
    this.#conditions = conditions.headers;
    // Nearly all requests of a run have the same: made once.
    const { plainHeaders, asSentHeaders } = settings;
    // Ranges count the bytes of what is sent: the rest of a decoded file is a part of the plain form only.
    const usual = asSent || conditions.offset > 0 ? asSentHeaders : plainHeaders;
    this.#atHome = headers === undefined ? usual : { ...usual, ...checkHeaders(headers) };
  }

  /**
   * @param cookies those that the jars have for it
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
    const who = credentialsFor(hop, this.#own, this.#settings.credentials);
    return who === undefined || 'token' in who ? undefined : who;
  }

  #givenAt(hop: Hop): Headers {
    if (hop.atHome) return this.#atHome;
    this.#elsewhere ??= forAnyOrigin(this.#atHome);
    return this.#elsewhere;
  }

  #authorizationFor(hop: Hop): string | undefined {
    const who = credentialsFor(hop, this.#own, this.#settings.credentials);
    if (who === undefined) return undefined;
    if ('token' in who) return `Bearer ${who.token}`;
    return this.#digests.authorization(hop.url, who) ?? basic(who.username, who.password);
  }
}
