import { BadValue } from './bad-value.ts';
import { parseRange, type Range } from './pattern-range.ts';

/** A piece of a pattern: text as it is, alternatives, or a range. */
export type PatternPart = string | readonly string[] | Range;

/** `[::1]` and the like: an address, not a range; and `[]`, which is in the URLs of many a form. */
const NOT_A_RANGE = /\[(?:[0-9a-f.]*:[0-9a-f:.]*(?:%[^\]]*)?)?\]/iy;

/**
 * Reads a pattern as curl does.
 * @throws BadValue at the character that goes wrong
 */
export function parsePattern(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let text = '';
  let at = 0;
  const add = (part: readonly string[] | Range, next: number): void => {
    if (text !== '') parts.push(text);
    parts.push(part);
    text = '';
    at = next;
  };
  while (at < pattern.length) {
    const char = pattern[at] ?? '';
    const literal = literalAt(pattern, at);
    if (literal !== undefined) {
      text += literal.text;
      at = literal.next;
    } else if (char === '{') {
      const { values, next } = parseSet(pattern, at);
      add(values, next);
    } else if (char === '[') {
      const { range, next } = parseRange(pattern, at);
      add(range, next);
    } else {
      throw new BadValue(`"${char}" closes nothing; write \\${char} for the character itself`, at);
    }
  }
  if (text !== '' || parts.length === 0) parts.push(text);
  return parts;
}

/** What stands at `at`, if it means itself. */
function literalAt(pattern: string, at: number): { text: string; next: number } | undefined {
  const char = pattern[at] ?? '';
  const after = pattern[at + 1] ?? '';
  // A backslash before anything else is one.
  if (char === '\\' && /[[\]{}]/.test(after)) return { text: after, next: at + 2 };
  if (!/[[\]{}]/.test(char)) return { text: char, next: at + 1 };
  NOT_A_RANGE.lastIndex = at;
  const [text] = NOT_A_RANGE.exec(pattern) ?? [];
  return text === undefined ? undefined : { text, next: at + text.length };
}

/** The alternatives of the set that begins at `start`, and where it is over. */
function parseSet(pattern: string, start: number): { values: readonly string[]; next: number } {
  const values = [''];
  for (let at = start + 1; at < pattern.length; at++) {
    let char = pattern[at] ?? '';
    if (char === '}') {
      if (at === start + 1) throw new BadValue('there is nothing between the braces', at);
      return { values, next: at + 1 };
    }
    if (char === '{' || char === '[') {
      throw new BadValue(`"${char}" within braces: patterns do not nest`, at);
    }
    if (char === ']') throw new BadValue('"]" closes nothing', at);
    if (char === ',') {
      values.push('');
      continue;
    }
    if (char === '\\' && at + 1 < pattern.length) char = pattern[++at] ?? '';
    values[values.length - 1] += char;
  }
  throw new BadValue('"{" is not closed', start);
}
