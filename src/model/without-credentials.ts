import { maskCredentials } from './mask-credentials.ts';

/** What stands before the host, in the forms that a URL may have: `http:/u:p@h` is one, too. */
const AUTHORITY = /^(https?:[\\/]*|[a-z][a-z0-9+.-]*:\/\/)([^/\\?#]*)/i;

const BEGINS_WITH_SCHEME = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

/** What stays of a text that is no URL, before the credentials in it. */
const PREFIX = /^\s*["'`<(]*(?:[a-z][a-z0-9+.-]*:\/\/|https?:[\\/]*|[\\/]{2})?/i;

/** As it may be written where a URL was encoded once too often, or typed on another keyboard. */
const AT_SIGN = /[@\uff20\ufe6b]|%(?:25)*40/gi;
const ENCODED_AT_SIGN = /[\uff20\ufe6b]|%(?:25)*40/i;

const SECOND_URL = /[\s\p{Cc}]https?:/iu;

/** An address, and no password. */
const MAIL = /^\s*mailto:[^:]*$/i;

/**
 * What stands in the place of a row's URL, as it may be shown and kept: without user and password.
 *
 * Of a URL that can be asked for nothing else is changed. What is no URL may have a password in any
 * place where one was meant to be, so all that may be one goes, up to the last `@`.
 */
export function withoutCredentials(url: string): string {
  if (!url.includes('@') && !ENCODED_AT_SIGN.test(url)) return url;
  const shown = withoutUserinfo(url);
  if (!shown.includes('@') && !ENCODED_AT_SIGN.test(shown)) return shown;
  const host = URL.parse(shown)?.host ?? '';
  if (host !== '' && !SECOND_URL.test(shown)) return shown;
  return MAIL.test(shown) ? shown : withoutSecrets(shown);
}

/** A text that may be a URL, or mention some, without their users and passwords. The rest stays as it is. */
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
  // With spaces and line ends in places where URLs are rid of them.
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}

/** Of what is no URL: without anything that may be a user or a password. */
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
