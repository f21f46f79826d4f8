import { parseDuration as durationIn } from '../../model/parse-duration.ts';
import { UsageError } from './usage-error.ts';

/** ms. A longer timer fires at once, in Node as in browsers. */
const LONGEST = 2 ** 31 - 1;

/**
 * Reads a duration such as `500ms`, `0.5s`, `2m`, `1h`, or `2`: a bare number is in seconds.
 *
 * @param option how messages name what is being read: `--timeout T`.
 * @returns whole ms.
 * @throws UsageError
 */
export function parseDuration(text: string, option: string): number {
  const duration = durationIn(text);
  if (duration === undefined) {
    throw new UsageError(
      `${option} must be a duration like 500ms, 0.5s, 1m or a number of seconds, not '${text}'`,
    );
  }
  if (duration > LONGEST) throw new UsageError(`${option} must be shorter than 24 days`);
  return duration;
}

/**
 * Reads a range of durations such as `100ms-2s`. A single duration is a range from it to itself.
 *
 * @returns both ends in whole ms.
 * @throws UsageError
 */
export function parseDurationRange(text: string, option: string): { min: number; max: number } {
  const [first = '', second = first, ...more] = text.split('-');
  // Too many dashes: the whole text is no duration, and the error then shows all of it.
  const ends = more.length === 0 ? [first, second] : [text, text];
  const [min = 0, max = 0] = ends.map((end) => parseDuration(end, option));
  if (min > max)
    throw new UsageError(`${option} must be a range from shorter to longer, not '${text}'`);
  return { min, max };
}
