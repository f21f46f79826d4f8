/** What a field's name may be (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * What may be in no value: control characters but for the tab, and what is no byte (RFC 9110
 * section 5.5).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;

export function isFieldName(text: string): boolean {
  return TOKEN.test(text);
}

/** Of a header, or anything else in one line of a head. */
export function isFieldValue(text: string): boolean {
  return !FORBIDDEN.test(text);
}
