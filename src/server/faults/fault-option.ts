import { parseDuration } from '../../model/parse-duration.ts';
import { parseSize } from '../../model/parse-size.ts';

/** An option of a fault: how its text is read, and what it is when it is left out. */
export interface FaultOption<T> {
  readonly default: T;
  /** For the list of faults: the default, or all there are, the default first: `1s`, `head|body`. */
  readonly shown: string;
  /** What may stand there, for messages: `a duration such as 500ms`. */
  readonly expected: string;
  /** @returns undefined for a text that makes no sense */
  readonly read: (text: string) => T | undefined;
}

/** What the options of a fault are set to. */
export type FaultValues<O extends Readonly<Record<string, FaultOption<unknown>>>> = {
  readonly [K in keyof O]: O[K] extends FaultOption<infer T> ? T : never;
};

/** One of a few words; the first one is the default. */
export function choice<const T extends string>(...words: readonly [T, ...T[]]): FaultOption<T> {
  return {
    default: words[0],
    shown: words.join('|'),
    expected: `one of ${words.join(', ')}`,
    read: (text) => words.find((word) => word === text),
  };
}

/** A whole number of something. */
export function count(byDefault: number, min = 0, max = 1e9): FaultOption<number> {
  return {
    default: byDefault,
    shown: String(byDefault),
    expected: `a whole number from ${min} to ${max}`,
    read: (text) => within(/^\d+$/.test(text) ? Number(text) : Number.NaN, min, max),
  };
}

/** A share, from 0 to 1. */
export function share(byDefault: number): FaultOption<number> {
  return {
    default: byDefault,
    shown: String(byDefault),
    expected: 'a number from 0 to 1',
    read: (text) => within(/^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN, 0, 1),
  };
}

/** ms. A longer timer fires at once. */
const LONGEST = 2 ** 31 - 1;

/** A duration, in ms; `forever` is Infinity. */
export function duration(byDefault: string): FaultOption<number> {
  const expected = 'a duration such as 500ms or 2s, or forever';
  return withDefault(byDefault, expected, (text) =>
    text === 'forever' ? Number.POSITIVE_INFINITY : within(parseDuration(text), 0, LONGEST),
  );
}

/** A size, in bytes. */
export function size(byDefault: string): FaultOption<number> {
  const expected = 'a size such as 500, 10k or 1G';
  return withDefault(byDefault, expected, (text) => within(parseSize(text), 0, 1e12));
}

/** Any text, commas excepted. */
export function text(byDefault: string): FaultOption<string> {
  return withDefault(byDefault, 'text', (given) => given);
}

function withDefault<T>(
  shown: string,
  expected: string,
  read: FaultOption<T>['read'],
): FaultOption<T> {
  return { default: read(shown) as T, shown, expected, read };
}

/** @returns undefined for what is not within the bounds, or is no number at all */
function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
