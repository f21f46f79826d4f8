import { parseDuration } from '../../model/parse-duration.ts';
import { parseSize } from '../../model/parse-size.ts';

/** An option of a fault: its default, and how its text is read. */
export interface FaultOption<T> {
  readonly default: T;
  /** In the list of faults: the default (`1s`), or all values, the default first (`head|body`). */
  readonly shown: string;
  /** The values that are accepted, for messages: `a duration such as 500ms`. */
  readonly expected: string;
  /** @returns undefined for a text that is no such value */
  readonly read: (text: string) => T | undefined;
}

/** The values of a fault's options. */
export type FaultValues<O extends Readonly<Record<string, FaultOption<unknown>>>> = {
  readonly [K in keyof O]: O[K] extends FaultOption<infer T> ? T : never;
};

/** One of several words; the first one is the default. */
export function choice<const T extends string>(...words: readonly [T, ...T[]]): FaultOption<T> {
  return {
    default: words[0],
    shown: words.join('|'),
    expected: `one of ${words.join(', ')}`,
    read: (text) => words.find((word) => word === text),
  };
}

/** A whole number. */
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

/** In ms. Node fires a longer timer at once. */
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

/** Any text without commas. */
export function text(byDefault: string): FaultOption<string> {
  return withDefault(byDefault, 'text', (given) => given);
}

function withDefault<T>(
  shown: string,
  expected: string,
  read: FaultOption<T>['read'],
): FaultOption<T> {
  const byDefault = read(shown);
  if (byDefault === undefined) throw new RangeError(`${shown} is not ${expected}`);
  return { default: byDefault, shown, expected, read };
}

/** @returns undefined unless `value` is a number within the bounds */
function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
