import { parseSize as sizeIn } from '../../model/parse-size.ts';
import { UsageError } from './usage-error.ts';

/**
 * A size as people write it: `500`, `10k`, `1.5MB`, `2GiB`.
 *
 * @param option how the option is called in the message
 * @returns bytes, a whole number
 * @throws UsageError
 */
export function parseSize(text: string, option: string): number {
  const size = sizeIn(text);
  if (size === undefined) {
    throw new UsageError(`${option} must be a size such as 500k, 10MB or 2GiB`);
  }
  return size;
}
