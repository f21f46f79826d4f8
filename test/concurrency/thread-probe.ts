/** A module whose export the tests have called on a thread. */
export function add(a: number, b: number): number {
  return a + b;
}
