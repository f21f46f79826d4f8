/** The length of each unit, in ms. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration such as `500ms`, `0.5s`, `2m`, `1h`, or `2`: a bare number is in seconds.
 *
 * @returns whole ms; undefined for any other text
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+|\d*\.\d+)(ms|s|m|h)?$/i.exec(text.trim()) ?? [];
  const inUnit = UNITS[unit?.toLowerCase() ?? 's'];
  return amount === undefined || inUnit === undefined
    ? undefined
    : Math.round(Number(amount) * inUnit);
}
