/**
 * Parsers of option values. Each takes the text and the name by which messages call the option
 * (`--max-size S`), and throws a UsageError for a text that makes no sense.
 */
import { parseDuration as durationIn } from '../../model/parse-duration.ts';
import { parseSize as sizeIn } from '../../model/parse-size.ts';
import { isReason, REASON_WORDS } from '../../model/reason.ts';

/** The command line cannot be followed. The message is one line that says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What else has to be changed, a line each. */
  readonly others: readonly string[];

  constructor(message: string, options: ErrorOptions & { others?: readonly string[] } = {}) {
    super(message, options);
    this.others = options.others ?? [];
  }
}

/** Reads the text of an option's value. @param name of the option, for messages @throws UsageError */
type Parser<T> = (text: string, name: string) => T;

/** ms. A longer timer fires at once, in Node as in browsers. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A text that is not empty. An unset variable of a shell makes an empty one. */
export const notEmpty: Parser<string> = (text, name) => {
  if (text !== '') return text;
  throw new UsageError(`${name} is empty`);
};

/** A path, which a URL would be as well: `s3:/bucket` and what is below it. */
export const directory: Parser<string> = (text, name) => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return notEmpty(text, name);
  throw new UsageError(`${name} is a directory, not a URL; --sink s3://BUCKET/PREFIX saves to S3`);
};

/** A word of docs/reasons.md, or `dns` for all of DNS. */
export const reason: Parser<string> = (text, name) => {
  if (isReason(text)) return text;
  throw new UsageError(`${name}: there is no reason '${text}'; there are ${REASON_WORDS}`);
};

/** `500ms`, `0.5s`, `2m`, `1h`, or `2`: a bare number is in seconds. @returns whole ms */
export const duration: Parser<number> = (text, name) => {
  const ms = durationIn(text);
  if (ms === undefined) {
    throw new UsageError(
      `${name} must be a duration like 500ms, 0.5s, 1m or a number of seconds, not '${text}'`,
    );
  }
  if (ms > LONGEST_TIMER) throw new UsageError(`${name} must be shorter than 24 days`);
  return ms;
};

/** A duration longer than 0. @returns whole ms */
export const positiveDuration: Parser<number> = (text, name) => {
  const ms = duration(text, name);
  if (ms > 0) return ms;
  throw new UsageError(`${name} must be longer than 0`);
};

/** `100ms-2s`; a single duration is a range from it to itself. @returns both ends in whole ms */
export const durationRange: Parser<{ min: number; max: number }> = (text, name) => {
  const [first = '', second = first, ...more] = text.split('-');
  // With too many dashes the whole text is read as one duration, so that the error shows all of it.
  const ends = more.length === 0 ? [first, second] : [text, text];
  const [min = 0, max = 0] = ends.map((end) => duration(end, name));
  if (min <= max) return { min, max };
  throw new UsageError(`${name} must be a range from shorter to longer, not '${text}'`);
};

/** `500`, `10k`, `1.5MB`, `2GiB`. @returns bytes, a whole number */
export const size: Parser<number> = (text, name) => {
  const bytes = sizeIn(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(`${name} must be a size such as 500k, 10MB or 2GiB, not '${text}'`);
};

/** A number of samples, or a size with its unit. */
export const shardBound: Parser<{ readonly shardSize?: number; readonly shardBytes?: number }> = (
  text,
  name,
) => {
  const isCount = /^\d+$/.test(text);
  // 1.5 has no unit, and is no number of samples.
  const isNumber = !/[a-z]/i.test(text);
  const bound = isCount ? Number(text) : isNumber ? undefined : sizeIn(text);
  if (bound !== undefined && bound > 0 && Number.isSafeInteger(bound)) {
    return isCount ? { shardSize: bound } : { shardBytes: bound };
  }
  throw new UsageError(
    `${name} must be a number of samples such as 10000, or a size such as 500MB or 1GB, not '${text}'`,
  );
};

/** A size, with or without `/s`. @returns bytes a second, more than 0 */
export const bandwidth: Parser<number> = (text, name) => {
  const perSecond = size(text.replace(/\/s$/, ''), name);
  if (perSecond > 0) return perSecond;
  throw new UsageError(`${name} must be more than 0`);
};

/** Seconds in one of each unit. */
const RATE_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/**
 * `50/s`, `100/min`, `1000/h`; `50` is per second. The same as curl's `--rate`, except that a bare
 * number is per hour there. @returns requests a second, more than 0
 */
export const requestRate: Parser<number> = (text, name) => {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([a-z]+))?$/i.exec(text.trim()) ?? [];
  const seconds = RATE_UNITS[unit.toLowerCase()];
  const perSecond = Number(amount) / (seconds ?? Number.NaN);
  if (perSecond > 0) return perSecond;
  throw new UsageError(`${name} must be a rate such as 50/s, 100/min or 1000/h, not '${text}'`);
};

const WHOLE_NUMBER = /^[+-]?\d+$/;

/** A whole number from `min` to `max`. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (text, name) => {
    if (WHOLE_NUMBER.test(text)) return requireBounds(Number(text), name, min, max);
    throw new UsageError(`${name} must be a whole number, not '${text}'`);
  };
}

/** A whole number of at least `min`, or the word `auto`. */
export function integerOrAuto(min: number): Parser<number | 'auto'> {
  return (text, name) => {
    if (text === 'auto') return text;
    if (WHOLE_NUMBER.test(text)) return integer(min)(text, name);
    throw new UsageError(`${name} must be a whole number or auto, not '${text}'`);
  };
}

/** A share of the whole: a number from 0 to 1. */
export const share: Parser<number> = (text, name) => {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return requireBounds(Number(text), name, 0, 1);
  throw new UsageError(`${name} must be a number from 0 to 1, not '${text}'`);
};

function requireBounds(value: number, name: string, min: number, max: number): number {
  if (value < min) throw new UsageError(`${name} must be >= ${min}`);
  if (value > max) throw new UsageError(`${name} must be <= ${max}`);
  return value;
}

/**
 * A port, for an option whose value may be left out. The argument after such an option is taken for
 * its value, so the message says how to keep the two apart.
 */
export const port: Parser<number> = (text, name) => {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  const option = name.split(' ')[0];
  throw new UsageError(`${name} must be a port, not '${text}': put ${option} last, or ${option}=0`);
};

/** A parser of one of some words, which a shell completes. */
interface WordParser<W extends string> extends Parser<W> {
  readonly words: readonly W[];
}

/** One of `words`. */
export function oneOf<const W extends string>(words: readonly W[]): WordParser<W> {
  const parse: Parser<W> = (text, name) => {
    const word = words.find((one) => one === text);
    if (word !== undefined) return word;
    throw new UsageError(`${name} must be one of ${words.join(', ')}, not '${text}'`);
  };
  return Object.assign(parse, { words });
}

/** The same parser for words in any case, where all of them are in capitals. */
export function inCapitals<W extends string>(parser: WordParser<W>): WordParser<W> {
  const parse: Parser<W> = (text, name) => parser(text.toUpperCase(), name);
  return Object.assign(parse, { words: parser.words });
}

/** Values with commas between them. */
export function listOf<T>(parse: Parser<T>): Parser<readonly T[]> {
  const list: Parser<readonly T[]> = (text, name) => {
    return text.split(',').map((part) => parse(part, name));
  };
  return 'words' in parse ? Object.assign(list, { words: parse.words }) : list;
}

/** How many failures are too many: a count, or a share (0 to 1) of the files that ended. */
export interface FailureLimit {
  readonly count?: number | undefined;
  readonly share?: number | undefined;
}

/** `10`, or `5%`. */
export const failureLimit: Parser<FailureLimit> = (text, name) => {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(number);
  if (percent === '%' && value <= 100) return { share: value / 100 };
  if (percent === '' && Number.isInteger(value) && value >= 1) return { count: value };
  throw new UsageError(
    `${name} must be a whole number >= 1 or a percentage such as 5%, not '${text}'`,
  );
};
