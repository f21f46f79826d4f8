import { BadValue } from './bad-value.ts';

/** RFC 9110, sections 5.1 and 5.5: a token, and no control characters but the tab. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const BAD_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * The name and the value of a header line, `Name: value`.
 * @throws BadValue
 */
export function parseHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  // Neither shows more than the name: the rest may well be a secret.
  if (colon < 0 || !NAME.test(name)) {
    throw new BadValue('this is not a header: it should read "Name: value"');
  }
  if (BAD_IN_VALUE.test(value)) {
    throw new BadValue(`the value of the header "${name}" has characters that are not allowed`);
  }
  return [name, value];
}
