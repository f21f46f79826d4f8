import type { CookieJar } from 'tough-cookie';
import { isFieldValue } from './field-syntax.ts';
import type { FileCookie } from './netscape-cookies.ts';

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
