/** A set of the ids from 0 to `last`, a bit for each. */
export class IdSet {
  readonly #bytes: Uint8Array;
  #size = 0;

  constructor(last: number) {
    this.#bytes = new Uint8Array((last >>> 3) + 1);
  }

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    return ((this.#bytes[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }

  /** @param id one that is not in it yet, and not beyond the last */
  add(id: number): void {
    // biome-ignore lint/style/noNonNullAssertion: see @param
    this.#bytes[id >>> 3]! |= 1 << (id & 7);
    this.#size++;
  }
}
