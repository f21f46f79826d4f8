import type { CookieJar } from 'tough-cookie';
import { withoutMark } from '../model/byte-order-mark.ts';
import { isFieldValue } from './headers.ts';

/** How many cookies of a response are kept, as in curl, and how much of a chain's in all, in characters. */
const MOST_OF_RESPONSE = 50;
const MOST_OF_CHAIN = 32 * 1024;

/**
 * The cookies of the run's cookie file, and those of one chain of redirects.
 *
 * A cookie that a server sets goes out with the later requests of the same chain, and is forgotten
 * at its end: no row depends on the rows before it, and memory does not grow. tough-cookie decides
 * which cookie a request gets (RFC 6265): by domain, path, `Secure` and expiry.
 */
export class Cookies {
  readonly #file: CookieJar | undefined;
  #chain: CookieJar | undefined;
  /** How much of the chain's cookies may still be kept, in characters. */
  #room = MOST_OF_CHAIN;

  /** @param file the run's cookies, as {@link fileJar} returns them */
  constructor(file: CookieJar | undefined) {
    this.#file = file;
  }

  /** The `Cookie` header for a request; undefined when there are no cookies to send. */
  headerFor(url: URL): string | undefined {
    if (this.#file === undefined && this.#chain === undefined) return undefined;
    // A cookie of the chain replaces one of the file with its name.
    const cookies = new Map<string, string>();
    for (const jar of [this.#file, this.#chain]) {
      for (const cookie of jar?.getCookiesSync(url.href) ?? []) {
        const text = cookie.cookieString();
        // Left out, as in curl: a cookie that cannot be sent does not fail the request.
        if (isFieldValue(text)) cookies.set(cookie.key, text);
      }
    }
    return cookies.size === 0 ? undefined : [...cookies.values()].join('; ');
  }

  /** Keeps the cookies that the response to `url` sets, for the rest of the chain. */
  async keep(url: URL, setCookie: readonly string[]): Promise<void> {
    if (setCookie.length === 0) return;
    const { CookieJar } = await load();
    this.#chain ??= new CookieJar(undefined, TLS_ONLY);
    for (const line of setCookie.slice(0, MOST_OF_RESPONSE)) {
      if (line.length > this.#room) continue;
      this.#room -= line.length;
      // An invalid cookie is dropped: that is no reason to fail.
      this.#chain.setCookieSync(line, url.href, { ignoreError: true });
    }
  }
}

/** A jar with the cookies of a file. */
export async function fileJar(cookies: readonly FileCookie[]): Promise<CookieJar> {
  const { Cookie, CookieJar } = await load();
  // The user's own file is trusted with any domain.
  const jar = new CookieJar(undefined, {
    ...TLS_ONLY,
    rejectPublicSuffixes: false,
    prefixSecurity: 'unsafe-disabled',
  });
  for (const { name, value, domain, path, secure, expires, hostOnly } of cookies) {
    const cookie = new Cookie({
      key: asBytes(name),
      value: asBytes(value),
      domain,
      path,
      secure,
      hostOnly,
      expires: Number.isFinite(expires) ? new Date(expires) : 'Infinity',
    });
    const host = domain.includes(':') ? `[${domain}]` : domain;
    if (!hostOnly) cookie.hostOnly = false;
    jar.setCookieSync(cookie, `https://${host}/`, { ignoreError: true });
  }
  return jar;
}

/** A `Secure` cookie is sent over TLS only, also to this machine. */
const TLS_ONLY = { allowSecureOnLocal: false } as const;

/** One character for each byte, as headers need it: text outside ASCII goes out as it is in the file. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Loaded when there are cookies: tough-cookie takes longer to load (40 ms) than all the rest. */
function load(): Promise<typeof import('tough-cookie')> {
  return import('tough-cookie');
}

/** One line of a cookie file. */
export interface FileCookie {
  /** In lower case, without a leading dot. */
  readonly domain: string;
  /** Whether it is for this very host, not for those below it. */
  readonly hostOnly: boolean;
  readonly path: string;
  /** Whether it is sent over TLS only. */
  readonly secure: boolean;
  /** In ms since the epoch; Infinity when it does not expire. */
  readonly expires: number;
  readonly name: string;
  readonly value: string;
}

/** Marks a cookie that is hidden from scripts. Such a line is not a comment. */
const HTTP_ONLY = '#HttpOnly_';

/**
 * Reads a cookie file in Netscape's format: one cookie a line, seven fields separated by tabs.
 * @throws SyntaxError naming the line, never a value
 */
export function parseNetscapeCookies(text: string): FileCookie[] {
  const cookies: FileCookie[] = [];
  for (const [index, raw] of withoutMark(text).split(/\r?\n/).entries()) {
    const line = raw.startsWith(HTTP_ONLY) ? raw.slice(HTTP_ONLY.length) : raw;
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [domain = '', below, path = '', secure, expires = '', name, value = '', ...more] =
      line.split('\t');
    if (name === undefined || more.length > 0 || domain === '' || !/^\d+(\.\d+)?$/.test(expires)) {
      throw new SyntaxError(`line ${index + 1}: not a cookie of seven fields between tabs`);
    }
    cookies.push({
      domain: domain.replace(/^\./, '').toLowerCase(),
      hostOnly: below?.toUpperCase() !== 'TRUE',
      path: path.startsWith('/') ? path : '/',
      secure: secure?.toUpperCase() === 'TRUE',
      // Browsers write 0 for a cookie that lasts as long as their session.
      expires: Number(expires) === 0 ? Number.POSITIVE_INFINITY : Number(expires) * 1000,
      name,
      value,
    });
  }
  return cookies;
}
