import { UsageError } from './usage-error.ts';

/** Seconds in one of each unit. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/**
 * A rate as people write it: `50/s`, `100/min`, `1000/h`; `50` is per second. As curl's `--rate`,
 * but for that: there a bare number is per hour.
 *
 * @param option how the option is called in the message
 * @returns requests a second, more than 0
 * @throws UsageError
 */
export function parseRequestRate(text: string, option: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([a-z]+))?$/i.exec(text.trim()) ?? [];
  const seconds = UNITS[unit.toLowerCase()];
  const perSecond = Number(amount) / (seconds ?? Number.NaN);
  if (perSecond > 0) return perSecond;
  throw new UsageError(`${option} must be a rate such as 50/s, 100/min or 1000/h, not '${text}'`);
}
