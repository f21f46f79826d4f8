import { BadValue, quoted } from './bad-value.ts';

/** A piece of a pattern: text as it is, alternatives, or a range. */
export type PatternPart = string | readonly string[] | Range;

/** Numbers, or letters by their codes: from `first` to `last`, both included, `step` apart. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** One of the values as text. */
  readonly show: (value: number) => string;
}

/** Brackets without a meaning: an IPv6 address such as `[::1]`, and `[]`, which many forms send. */
const NOT_A_RANGE = /\[(?:[0-9a-f.]*:[0-9a-f:.]*(?:%[^\]]*)?)?\]/iy;

/**
 * Reads a pattern as curl does.
 * @throws BadValue at the first character that makes no sense
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

/** The text at `at` if it is no pattern, and the index after it. */
function literalAt(pattern: string, at: number): { text: string; next: number } | undefined {
  const char = pattern[at] ?? '';
  const after = pattern[at + 1] ?? '';
  // Before any other character, a backslash is a backslash.
  if (char === '\\' && /[[\]{}]/.test(after)) return { text: after, next: at + 2 };
  if (!/[[\]{}]/.test(char)) return { text: char, next: at + 1 };
  NOT_A_RANGE.lastIndex = at;
  const [text] = NOT_A_RANGE.exec(pattern) ?? [];
  return text === undefined ? undefined : { text, next: at + text.length };
}

/** The alternatives of the set that begins at `start`, and the index after it. */
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

const NUMBERS = /^(\d+)-(\d+)(?::(\d+))?$/;
const LETTERS = /^([a-z])-([a-z])(?::(\d+))?$|^([A-Z])-([A-Z])(?::(\d+))?$/;

/**
 * The range that begins at `start`, and the index after it. As in curl, a range counts up, and its step
 * must not be longer than the range.
 */
function parseRange(pattern: string, start: number): { range: Range; next: number } {
  const end = pattern.indexOf(']', start);
  if (end < 0) throw new BadValue('"[" is not closed', start);
  const text = pattern.slice(start + 1, end);
  const range = numbersOf(text) ?? lettersOf(text);
  if (range === undefined) {
    throw new BadValue(
      `${quoted(`[${text}]`)} is not a range such as [1-100], [001-100:2] or [a-z]; write \\[ for the character itself`,
      start,
    );
  }
  checkRange(range, text, start + 1);
  return { range, next: end + 1 };
}

function numbersOf(text: string): Range | undefined {
  const [, first, last, step] = NUMBERS.exec(text) ?? [];
  if (first === undefined || last === undefined) return undefined;
  // 001 asks for three digits; a single 0 asks for no padding.
  const width = first.startsWith('0') ? first.length : 0;
  const show = (value: number): string => String(value).padStart(width, '0');
  return { first: Number(first), last: Number(last), step: stepOf(step), show };
}

function lettersOf(text: string): Range | undefined {
  const [, a, z, step, upperA = a, upperZ = z, upperStep = step] = LETTERS.exec(text) ?? [];
  if (upperA === undefined || upperZ === undefined) return undefined;
  const [first, last] = [upperA.charCodeAt(0), upperZ.charCodeAt(0)];
  const show = (value: number): string => String.fromCharCode(value);
  return { first, last, step: stepOf(upperStep), show };
}

function stepOf(step: string | undefined): number {
  return step === undefined ? 1 : Number(step);
}

/** @param at the index of `text`, the range without its brackets, in the pattern */
function checkRange({ first, last, step }: Range, text: string, at: number): void {
  const lastAt = at + text.indexOf('-') + 1;
  const stepAt = at + text.indexOf(':') + 1;
  if (!Number.isSafeInteger(first)) throw new BadValue('the number is too large', at);
  if (!Number.isSafeInteger(last)) throw new BadValue('the number is too large', lastAt);
  if (first > last) throw new BadValue(`the range [${text}] counts down`, lastAt);
  if (step === 0) throw new BadValue(`the range [${text}] has a step of 0`, stepAt);
  if (step > Math.max(1, last - first)) {
    throw new BadValue(`the range [${text}] is shorter than its step`, stepAt);
  }
}
