/** Of an HTTP date there are some 30 characters, however its zone is written. */
const LONGEST = 64;

/**
 * Reads a date as headers have it (RFC 9110 section 5.6.7), in any of its three forms.
 * @returns ms since the epoch; undefined for what is no date
 */
export function parseHttpDate(text: string): number | undefined {
  // Only the forms of an HTTP date: Date.parse takes nearly everything, and any length of it.
  if (text.length > LONGEST || !/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // The form of asctime names no zone, and means GMT; Date.parse would take this machine's.
  const date = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? undefined : date;
}
