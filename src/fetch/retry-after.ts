import { parseHttpDate } from '../model/http-date.ts';

/**
 * How long a server asks to be left alone (`Retry-After`, RFC 9110 section 10.2.3): a number of
 * seconds, or a date.
 *
 * @param now the current time, in ms since the epoch
 * @returns ms, 0 for a date gone by; undefined when the header is absent or makes no sense
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text);
  return date === undefined ? undefined : Math.max(0, date - now);
}
