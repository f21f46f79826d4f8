import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { RedirectError } from '../model/failure.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import type { Hop } from './auth/credentials.ts';

/** The longest URL that is followed, in characters. Servers take some 8 KiB; those of sign-ons are the longest. */
const LONGEST_URL = 32 * 1024;

/** Longer keys are kept as their hashes, in characters: many rows may be under way. */
const LONGEST_KEY = 256;

/**
 * The URLs of one request, from redirect to redirect. As in curl and browsers, redirects from TLS
 * to plain text are followed, but without secrets (see {@link Hop}).
 */
export class RedirectChain implements Hop {
  readonly #start: URL;
  readonly #maxRedirects: number;
  #url: URL;
  #isOwnOrigin: boolean;
  #isDowngraded = false;
  #redirects = 0;
  /** Requests sent so far. Kept from the first redirect on, since most rows have none. */
  #seen: Set<string> | undefined;
  #firstCookies: string | undefined;

  /** @param isOwnOrigin whether `start` is at the row's own origin, which may get its secrets */
  constructor(start: URL, maxRedirects: number, isOwnOrigin = true) {
    this.#isOwnOrigin = isOwnOrigin;
    this.#start = start;
    this.#url = start;
    this.#maxRedirects = maxRedirects;
  }

  get url(): URL {
    return this.#url;
  }

  get isOwnOrigin(): boolean {
    return this.#isOwnOrigin;
  }

  get isDowngraded(): boolean {
    return this.#isDowngraded;
  }

  get redirects(): number {
    return this.#redirects;
  }

  /**
   * Moves to the URL that a redirect leads to.
   * @throws RedirectError for a URL that is not followed, or one redirect too many
   */
  follow(location: string): void {
    const next = this.#resolve(location);
    if (next.protocol !== 'http:' && next.protocol !== 'https:') {
      throw refused(`it leads to a ${next.protocol} URL`);
    }
    if (next.href.length > LONGEST_URL) {
      throw refused(`it leads to a URL of ${next.href.length} characters`);
    }
    if (this.#redirects === this.#maxRedirects) {
      throw new RedirectError('redirect-loop', `more than ${this.#maxRedirects} redirects`);
    }
    this.#redirects++;
    // A redirect cannot choose our credentials.
    next.username = '';
    next.password = '';
    next.hash = '';
    if (this.#url.protocol === 'https:' && next.protocol === 'http:') this.#isDowngraded = true;
    if (next.origin !== this.#start.origin) this.#isOwnOrigin = false;
    this.#url = next;
  }

  /**
   * Records a request that is about to be sent.
   * @param cookies the cookies of the request: a page that sets one may well redirect to itself
   * @throws RedirectError when the same request was sent before
   */
  note(cookies: string | undefined): void {
    if (this.#redirects === 0) {
      this.#firstCookies = cookies;
      return;
    }
    this.#seen ??= new Set();
    const seen = this.#seen;
    if (this.#redirects === 1) seen.add(keyOf(this.#start, this.#firstCookies));
    const key = keyOf(this.#url, cookies);
    if (seen.has(key)) {
      const url = withoutCredentials(this.#url.href);
      throw new RedirectError('redirect-loop', `it leads back to ${url}`);
    }
    seen.add(key);
  }

  #resolve(location: string): URL {
    const next = URL.parse(asUrl(location), this.#url.href);
    if (next === null) throw refused('it leads to an invalid URL');
    return next;
  }
}

/** Requests with the same key are the same to a server that redirects. */
function keyOf({ origin, pathname, search }: URL, cookies: string | undefined): string {
  const key = `${origin}${pathname}${search}\n${cookies ?? ''}`;
  return key.length > LONGEST_KEY ? hash('sha256', key) : key;
}

function refused(why: string): RedirectError {
  return new RedirectError('redirect-refused', `the redirect is not followed: ${why}`);
}

/**
 * Header bytes are read as Latin-1. The bytes of an unencoded URL are mostly UTF-8. Others are
 * percent-encoded as they are, since only the server knows what they mean.
 */
function asUrl(location: string): string {
  const bytes = Buffer.from(location, 'latin1');
  if (isUtf8(bytes)) return bytes.toString();
  return location.replace(/[\u0080-\u00ff]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
