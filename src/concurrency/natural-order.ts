import { inspect } from 'node:util';

/** What {@link naturalOrder} can compare. */
export type Ordered = number | bigint | string | Date | readonly Ordered[];

/**
 * Compares numbers, strings and dates as `<` does, and arrays as Python compares tuples: the first
 * items that differ decide, and a shorter array goes before the same one with more behind it.
 *
 * @returns a negative number when `a` goes first, a positive one when `b` does, 0 when neither
 * @throws TypeError when they are of different kinds, or of a kind (or a value, as NaN) without order
 */
export function naturalOrder(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return tupleOrder(a, b);
  if (isScalar(a) && isScalar(b) && kindOf(a) === kindOf(b)) {
    if (a < b) return -1;
    if (a > b) return 1;
    // Not ===, which tells dates apart that are the same time, and 1 from 1n.
    if (a <= b && a >= b) return 0;
  }
  const [first, second] = [a, b].map((value) => inspect(value, { depth: 0 }));
  throw new TypeError(`${first} and ${second} have no order; give a compare function`);
}

function tupleOrder(a: readonly unknown[], b: readonly unknown[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const order = naturalOrder(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

type Scalar = number | bigint | string | Date;

function isScalar(value: unknown): value is Scalar {
  return ['number', 'bigint', 'string'].includes(typeof value) || value instanceof Date;
}

function kindOf(value: Scalar): string {
  return typeof value === 'bigint' ? 'number' : typeof value;
}
