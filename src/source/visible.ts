/**
 * What no message may carry as it is: controls (they steer terminals), what turns or hides the text
 * around it, line ends of any kind, and half characters.
 */
const UNPRINTABLE =
  /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` with everything unprintable written out: `\t`, `\x1b`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (char) => SHORT[char] ?? escaped(char.charCodeAt(0)));
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** How much of a value a message shows, in characters. */
const SHOWN = 80;

/** `text` between quotes, visible, and cut where it is too long for a line. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `"${visible(shown)}"`;
}
