import { UsageError } from './usage-error.ts';

/**
 * Reads a whole number within bounds, both included.
 *
 * @param option how messages name what is being read: `--limit N`.
 * @throws UsageError
 */
export function parseInteger(
  text: string,
  option: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new UsageError(`${option} must be a whole number, not '${text}'`);
  }
  return requireBounds(Number(text), option, min, max);
}

/**
 * Reads a share of the whole, from 0 to 1.
 *
 * @throws UsageError
 */
export function parseRate(text: string, option: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) {
    throw new UsageError(`${option} must be a number from 0 to 1, not '${text}'`);
  }
  return requireBounds(Number(text), option, 0, 1);
}

function requireBounds(value: number, option: string, min: number, max: number): number {
  if (value < min) throw new UsageError(`${option} must be >= ${min}`);
  if (value > max) throw new UsageError(`${option} must be <= ${max}`);
  return value;
}
