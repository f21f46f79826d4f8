import { maskCredentials } from './mask-credentials.ts';

/** The scheme and the authority, also of `http:/u:p@h`. */
const AUTHORITY = /^(https?:[\\/]*|[a-z][a-z0-9+.-]*:\/\/)([^/\\?#]*)/i;

const BEGINS_WITH_SCHEME = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

/** What may stand before the credentials in a text that is not a URL. */
const PREFIX = /^\s*["'`<(]*(?:[a-z][a-z0-9+.-]*:\/\/|https?:[\\/]*|[\\/]{2})?/i;

/** An `@`, also percent-encoded once or several times, or in its wide forms. */
const AT_SIGN = /[@\uff20\ufe6b]|%(?:25)*40/gi;
const ENCODED_AT_SIGN = /[\uff20\ufe6b]|%(?:25)*40/i;

const SECOND_URL = /[\s\p{Cc}]https?:/iu;

/** An e-mail address has no password. */
const MAIL = /^\s*mailto:[^:]*$/i;

/**
 * A row's URL without user and password, as it may be shown and stored.
 *
 * Nothing else of a valid URL is changed. In a text that is not a valid URL, a password may stand
 * anywhere before the last `@`, so all of that is removed.
 */
export function withoutCredentials(url: string): string {
  if (!url.includes('@') && !ENCODED_AT_SIGN.test(url)) return url;
  const shown = withoutUserinfo(url);
  if (!shown.includes('@') && !ENCODED_AT_SIGN.test(shown)) return shown;
  const host = URL.parse(shown)?.host ?? '';
  if (host !== '' && !SECOND_URL.test(shown)) return shown;
  return MAIL.test(shown) ? shown : withoutSecrets(shown);
}

/** Removes users and passwords from a text that is a URL, or has URLs in it. The rest stays as it is. */
export function withoutUserinfo(text: string): string {
  if (!text.includes('@')) return text;
  const shown = text.replace(AUTHORITY, (_, scheme: string, authority: string) => {
    return scheme + authority.slice(authority.lastIndexOf('@') + 1);
  });
  if (!shown.includes('@')) return shown;
  const parsed = URL.parse(shown);
  if (parsed === null) {
    if (BEGINS_WITH_SCHEME.test(shown)) return withoutSecrets(shown);
    return shown.includes('://') ? maskCredentials(shown) : shown;
  }
  if (parsed.username === '' && parsed.password === '') return shown;
  // A URL with spaces or line ends that the URL parser drops.
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}

/** Removes anything that may be a user or a password from a text that is not a valid URL. */
function withoutSecrets(text: string): string {
  const shown = maskCredentials(text);
  const at = [...shown.matchAll(AT_SIGN)].at(-1);
  if (at === undefined) return shown;
  const prefix = PREFIX.exec(shown)?.[0] ?? '';
  const before = shown.slice(prefix.length, at.index);
  // A name or a path, such as `images/a@2x.png`.
  if (!prefix.includes('/') && !before.includes(':')) return shown;
  return prefix + shown.slice(at.index + at[0].length);
}
