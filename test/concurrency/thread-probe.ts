/** A module whose exports the tests have called on a thread. */
export function add(a: number, b: number): number {
  return a + b;
}

export default function double(n: number): number {
  return 2 * n;
}
