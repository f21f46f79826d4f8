/** Readers of option values for commander, each knowing how its option is called in messages. */
import { parseDuration } from './duration.ts';
import { parseInteger } from './number.ts';
import { parseRequestRate } from './request-rate.ts';
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

/** Into requests a second. */
export function rate(option: string): (text: string) => number {
  return (text) => parseRequestRate(text, option);
}

/** Into bytes a second: a size, with or without `/s`. */
export function bandwidth(option: string): (text: string) => number {
  return (text) => {
    const perSecond = parseSize(text.replace(/\/s$/, ''), option);
    if (perSecond > 0) return perSecond;
    throw new UsageError(`${option} must be more than 0`);
  };
}

/** `word` itself, or what `parse` makes of the text. */
export function wordOr<const W extends string, T>(
  word: W,
  parse: (text: string) => T,
): (text: string) => W | T {
  return (text) => (text === word ? word : parse(text));
}

/** A whole number from `min` to `max`. */
export function integer(
  option: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => parseInteger(text, option, { min, max });
}

/** A port, for an option that need not have a value: what comes after it may have been meant otherwise. */
export function port(option: string): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
    const name = option.split(' ')[0];
    throw new UsageError(`${option} must be a port, not '${text}': put ${name} last, or ${name}=0`);
  };
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
