import type { FetchRequest } from '../model/response.ts';
import { authorizationFor, type Hop } from './credentials.ts';
import { ACCEPTED_CODINGS } from './decoder.ts';
import { checkHeaders, forAnyOrigin, type Headers } from './headers.ts';
import type { Settings } from './settings.ts';
import type { Conditions } from './validators.ts';

/** The headers of one row's requests, from redirect to redirect. */
export class RequestHeaders {
  readonly #settings: Pick<Settings, 'credentials'>;
  readonly #own: URL;
  readonly #conditions: Headers;
  readonly #atHome: Headers;
  #elsewhere: Headers | undefined;

  /** @throws HeaderError for one of the row's own that cannot be sent */
  constructor(
    settings: Pick<Settings, 'credentials' | 'decode' | 'headers'>,
    { headers }: Pick<FetchRequest, 'headers'>,
    { own, conditions }: { readonly own: URL; readonly conditions: Conditions },
  ) {
    this.#settings = settings;
    this.#own = own;
    this.#conditions = conditions.headers;
    this.#atHome = {
      ...(settings.decode ? { 'accept-encoding': encodingsFor(conditions) } : undefined),
      ...settings.headers,
      ...checkHeaders(headers),
    };
  }

  /** @param cookies those that the jars have for it */
  at(hop: Hop, cookies: string | undefined): Headers {
    const given = this.#givenAt(hop);
    const headers: Record<string, string> = { ...given, ...this.#conditions };
    if (cookies !== undefined) {
      headers.cookie = given.cookie === undefined ? cookies : `${given.cookie}; ${cookies}`;
    }
    const authorization = given.authorization ?? this.#authorizationFor(hop);
    if (authorization !== undefined) headers.authorization = authorization;
    return headers;
  }

  #givenAt(hop: Hop): Headers {
    if (hop.atHome) return this.#atHome;
    this.#elsewhere ??= forAnyOrigin(this.#atHome);
    return this.#elsewhere;
  }

  #authorizationFor(hop: Hop): string | undefined {
    return authorizationFor(hop, this.#own, this.#settings.credentials);
  }
}

/** Ranges count the bytes of what is sent: the rest of a decoded file is found in none but the plain one. */
function encodingsFor({ offset }: Conditions): string {
  return offset === 0 ? ACCEPTED_CODINGS : 'identity';
}
