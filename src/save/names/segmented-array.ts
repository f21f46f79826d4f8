/** Numbers in a segment, of 64 KiB: a power of two. */
const SEGMENT_BITS = 14;
const SEGMENT = 2 ** SEGMENT_BITS;

/**
 * Numbers of 32 bits, 0 at first, that become more without being copied: an array that is replaced by
 * a larger one is there twice for a while, and leaves a hole that the next one does not fit in.
 */
export class SegmentedArray {
  readonly #segments: Uint32Array[] = [];

  /** @param length how many there are at least */
  constructor(length: number) {
    this.extend(length);
  }

  /** @param length how many there are at least from now on */
  extend(length: number): void {
    while (this.#segments.length * SEGMENT < length) {
      this.#segments.push(new Uint32Array(SEGMENT));
    }
  }

  /** @param index of one that there is */
  at(index: number): number {
    return this.#segmentOf(index)[index & (SEGMENT - 1)] as number;
  }

  /** @param index of one that there is */
  set(index: number, value: number): void {
    this.#segmentOf(index)[index & (SEGMENT - 1)] = value;
  }

  #segmentOf(index: number): Uint32Array {
    return this.#segments[index >>> SEGMENT_BITS] as Uint32Array;
  }
}
