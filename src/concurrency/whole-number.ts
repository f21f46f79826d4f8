import { inspect } from 'node:util';

/**
 * Checks an argument that counts something.
 *
 * @param what names it in the message, for example "a semaphore's limit"
 * @returns `value`
 * @throws TypeError when it is no number; RangeError when it is not whole, or below `least`
 */
export function checkWholeNumber(what: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  const Kind = typeof value === 'number' ? RangeError : TypeError;
  throw new Kind(`${what} must be a whole number >= ${least}, not ${inspect(value, { depth: 0 })}`);
}
