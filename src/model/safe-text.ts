import { maskCredentials } from './mask-credentials.ts';

/**
 * What a line must not contain: controls, which steer terminals; characters that reverse or hide the text
 * around them; line ends of any kind; and lone surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` as one line that cannot steer a terminal: `\x1b`, `\n`, `\u202e` are written out. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => SHORT[char] ?? escaped(char.charCodeAt(0)));
}

/** JSON in which those characters are escaped: it means the same. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `text` as one {@link printable} line, without the users and passwords in it. */
export function safeLine(text: string): string {
  return printable(maskCredentials(text));
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
