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
  // Only the forms of an HTTP date: Date.parse takes nearly everything.
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // The form of asctime names no zone, and means GMT; Date.parse would take this machine's.
  const date = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
