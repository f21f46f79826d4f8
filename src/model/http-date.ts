/** An HTTP date has some 30 characters. */
const LONGEST = 64;

/**
 * Reads the date of a header (RFC 9110 section 5.6.7), in any of its three forms.
 * @returns ms since the epoch; undefined for any other text
 */
export function parseHttpDate(text: string): number | undefined {
  // Date.parse() accepts nearly any text, of any length.
  if (text.length > LONGEST || !/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // The asctime form has no zone and means GMT; Date.parse() would assume the local one.
  const date = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? undefined : date;
}
