import { UsageError } from './usage-error.ts';

/** Units as in networks and disk labels: powers of 1000; with an `i`, of 1024. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/**
 * A size as people write it: `500`, `10k`, `1.5MB`, `2GiB`.
 *
 * @param option how the option is called in the message
 * @returns bytes, a whole number
 * @throws UsageError
 */
export function parseSize(text: string, option: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*?)b?$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (number === undefined || factor === undefined) {
    throw new UsageError(`${option} must be a size such as 500k, 10MB or 2GiB`);
  }
  return Math.round(Number(number) * factor);
}
