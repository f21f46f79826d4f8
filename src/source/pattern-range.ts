import { BadValue } from './bad-value.ts';
import { quoted } from './visible.ts';

/** What lies between two numbers, or two letters: both included, `step` apart. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** One of the values as text. */
  readonly show: (value: number) => string;
}

const NUMBERS = /^(\d+)-(\d+)(?::(\d+))?$/;
const LETTERS = /^([a-z])-([a-z])(?::(\d+))?$|^([A-Z])-([A-Z])(?::(\d+))?$/;

/**
 * The range that begins at `start` of `pattern`: `[1-100]`, `[001-100:2]`, `[a-z]`; and where it
 * is over.
 * As with curl, it counts up, and a step must not be longer than the range.
 * @throws BadValue at the character that goes wrong
 */
export function parseRange(pattern: string, start: number): { range: Range; next: number } {
  const end = pattern.indexOf(']', start);
  if (end < 0) throw new BadValue('"[" is not closed', start);
  const text = pattern.slice(start + 1, end);
  const range = numbersOf(text, start + 1) ?? lettersOf(text, start + 1);
  if (range !== undefined) return { range, next: end + 1 };
  throw new BadValue(
    `${quoted(`[${text}]`)} is not a range such as [1-100], [001-100:2] or [a-z]; write \\[ for the character itself`,
    start,
  );
}

function numbersOf(text: string, at: number): Range | undefined {
  const [, first, last, step] = NUMBERS.exec(text) ?? [];
  if (first === undefined || last === undefined) return undefined;
  // 001 asks for three digits; 0 alone for no more than there are.
  const width = first.startsWith('0') ? first.length : 0;
  const show = (value: number): string => String(value).padStart(width, '0');
  return checked({ first: Number(first), last: Number(last), step: stepOf(step), show }, text, at);
}

function lettersOf(text: string, at: number): Range | undefined {
  const [, a, z, step, upperA = a, upperZ = z, upperStep = step] = LETTERS.exec(text) ?? [];
  if (upperA === undefined || upperZ === undefined) return undefined;
  const [first, last] = [upperA.charCodeAt(0), upperZ.charCodeAt(0)];
  const show = (value: number): string => String.fromCharCode(value);
  return checked({ first, last, step: stepOf(upperStep), show }, text, at);
}

function stepOf(step: string | undefined): number {
  return step === undefined ? 1 : Number(step);
}

/** @param at where `text`, the range without its brackets, begins */
function checked(range: Range, text: string, at: number): Range {
  const { first, last, step } = range;
  const lastAt = at + text.indexOf('-') + 1;
  const stepAt = at + text.indexOf(':') + 1;
  if (!Number.isSafeInteger(first)) throw new BadValue('the number is too large', at);
  if (!Number.isSafeInteger(last)) throw new BadValue('the number is too large', lastAt);
  if (first > last) throw new BadValue(`the range [${text}] counts down`, lastAt);
  if (step === 0) throw new BadValue(`the range [${text}] has a step of 0`, stepAt);
  if (step > Math.max(1, last - first)) {
    throw new BadValue(`the range [${text}] is shorter than its step`, stepAt);
  }
  return range;
}
