/** Readers of option values for commander, each knowing how its option is called in messages. */
import { parseDuration } from './duration.ts';
import { parseInteger } from './number.ts';
import { parseSize } from './size.ts';
import { UsageError } from './usage-error.ts';

/** Into ms. */
export function duration(option: string): (text: string) => number {
  return (text) => parseDuration(text, option);
}

/** Into bytes. */
export function size(option: string): (text: string) => number {
  return (text) => parseSize(text, option);
}

/** A whole number ≥ `min`. */
export function integer(option: string, min: number): (text: string) => number {
  return (text) => parseInteger(text, option, { min, max: Number.MAX_SAFE_INTEGER });
}

/** For an option that may be given several times: all its values, in order. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** One of `words`. */
export function oneOf<const W extends string>(
  option: string,
  words: readonly W[],
): (text: string) => W {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word !== undefined) return word;
    throw new UsageError(`${option} must be one of ${words.join(', ')}`);
  };
}
