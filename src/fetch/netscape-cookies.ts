import { withoutMark } from './body/byte-order-mark.ts';

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
