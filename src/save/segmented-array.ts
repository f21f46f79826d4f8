/** Numbers in a segment: 64 KiB, few enough for the allocator to keep segments side by side. */
const SEGMENT_BITS = 14;
const IN_SEGMENT = 2 ** SEGMENT_BITS - 1;

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

  extend(length: number): void {
    while (this.#segments.length * (IN_SEGMENT + 1) < length) {
      this.#segments.push(new Uint32Array(IN_SEGMENT + 1));
    }
  }

  /** @param index of one that there is */
  at(index: number): number {
    // biome-ignore lint/style/noNonNullAssertion: see @param
    return this.#segments[index >>> SEGMENT_BITS]![index & IN_SEGMENT]!;
  }

  /** @param index of one that there is */
  set(index: number, value: number): void {
    // biome-ignore lint/style/noNonNullAssertion: see @param
    this.#segments[index >>> SEGMENT_BITS]![index & IN_SEGMENT] = value;
  }
}
