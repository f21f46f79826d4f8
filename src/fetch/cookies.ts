import type { CookieJar } from 'tough-cookie';
import { withoutMark } from '../model/byte-order-mark.ts';
import { isFieldValue } from './headers.ts';

/**
 * Cookies of the run, from its cookie file, and of one chain of redirects.
 *
 * What a server sets goes with the later requests of the same chain and is forgotten at its end: no
 * row's request depends on what came before it, and memory does not grow with the rows. Who gets
 * which cookie is tough-cookie's to say (RFC 6265): by domain, path, `Secure` and expiry.
 */
export class Cookies {
  readonly #file: CookieJar | undefined;
  #chain: CookieJar | undefined;

  /** @param file what {@link fileJar} made of the run's cookie file */
  constructor(file: CookieJar | undefined) {
    this.#file = file;
  }

  /** The `Cookie` header for a request; undefined when there is none to send. */
  headerFor(url: URL): string | undefined {
    if (this.#file === undefined && this.#chain === undefined) return undefined;
    // A cookie set on the way replaces that of the file with its name.
    const cookies = new Map<string, string>();
    for (const jar of [this.#file, this.#chain]) {
      for (const cookie of jar?.getCookiesSync(url.href) ?? []) {
        const text = cookie.cookieString();
        // One that cannot be sent costs no request: curl does not keep such a one either.
        if (isFieldValue(text)) cookies.set(cookie.key, text);
      }
    }
    return cookies.size === 0 ? undefined : [...cookies.values()].join('; ');
  }

  /** Keeps what the response to `url` sets, for the rest of the chain. */
  async keep(url: URL, setCookie: readonly string[]): Promise<void> {
    if (setCookie.length === 0) return;
    const { CookieJar } = await load();
    this.#chain ??= new CookieJar(undefined, TLS_ONLY);
    // A server's mistake in one of them is no reason to fail: it is not kept.
    for (const line of setCookie) this.#chain.setCookieSync(line, url.href, { ignoreError: true });
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

/** A cookie that says `Secure` goes over TLS only, to this machine as well. */
const TLS_ONLY = { allowSecureOnLocal: false } as const;

/** A character for each byte of the file, as headers have it: what is not of ASCII goes out as it stands there. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Only when there are cookies: it takes longer to load than all else together (40 ms). */
function load(): Promise<typeof import('tough-cookie')> {
  return import('tough-cookie');
}

/** One line of a cookie file. */
export interface FileCookie {
  /** In lower case, without a leading dot. */
  readonly domain: string;
  /** Only for this very host, not for those below it. */
  readonly hostOnly: boolean;
  readonly path: string;
  /** Only over TLS. */
  readonly secure: boolean;
  /** In ms since the epoch; Infinity for one that does not expire. */
  readonly expires: number;
  readonly name: string;
  readonly value: string;
}

/** Marks a cookie that scripts may not see; the line is no comment. */
const HTTP_ONLY = '#HttpOnly_';

/**
 * Reads a cookie file in Netscape's format: a cookie on each line, seven fields between tabs.
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
      // 0 is how browsers write one that lasts as long as their session.
      expires: Number(expires) === 0 ? Number.POSITIVE_INFINITY : Number(expires) * 1000,
      name,
      value,
    });
  }
  return cookies;
}
