/** Bits of the first filter: half a MiB, for 350,000 hashes. Each further one has twice as many. */
const FIRST_BITS = 2 ** 22;
const GROWTH = 2;

/** The largest has 2³⁰ bits: 128 MiB. Lists of more than 170 million rows fill it beyond what is best. */
const MOST_BITS = 2 ** 30;

/**
 * Bits for each hash, at least, and how many of them it sets. A full filter takes one new hash of 270 for
 * one that was added. Twice the bits would make it one of 8,000, but the look-ups in the ledger that this
 * saves cost a row about 0.1 µs, and the bits are held for the whole run.
 */
const BITS_PER_HASH = 12;
const PROBES = 6;

/**
 * Remembers which rows this run has met, in 1.5 to 3 bytes for each. It never misses a hash that was added.
 * About one in a hundred of the others seems to have been added; the ledger is asked about those.
 *
 * It is a series of Bloom filters, each larger than the one before, so that a short list needs little
 * memory (scalable Bloom filters: Almeida et al., Information Processing Letters 101, 2007).
 */
export class BloomFilter {
  readonly #filters = [new Bits(FIRST_BITS)];

  /** @param hash of 52 bits */
  add(hash: number): void {
    let last = this.#filters.at(-1) as Bits;
    if (last.isFull) {
      last = new Bits(Math.min(MOST_BITS, last.size * GROWTH));
      this.#filters.push(last);
    }
    last.add(hash);
  }

  /** @returns whether it was added: false is certain, true very likely */
  has(hash: number): boolean {
    for (const filter of this.#filters) if (filter.has(hash)) return true;
    return false;
  }
}

/** One Bloom filter. */
class Bits {
  /** In bits; a power of two. */
  readonly size: number;
  readonly #words: Uint32Array;
  readonly #mask: number;
  #hashes = 0;

  constructor(size: number) {
    this.size = size;
    this.#words = new Uint32Array(size / 32);
    this.#mask = size - 1;
  }

  get isFull(): boolean {
    return this.size < MOST_BITS && this.#hashes * BITS_PER_HASH >= this.size;
  }

  add(hash: number): void {
    this.#hashes++;
    const step = stepOf(hash);
    let bit = hash >>> 0;
    for (let probe = 0; probe < PROBES; probe++, bit += step) {
      const word = (bit & this.#mask) >>> 5;
      this.#words[word] = (this.#words[word] ?? 0) | (1 << (bit & 31));
    }
  }

  has(hash: number): boolean {
    const step = stepOf(hash);
    let bit = hash >>> 0;
    for (let probe = 0; probe < PROBES; probe++, bit += step) {
      const word = (bit & this.#mask) >>> 5;
      if (((this.#words[word] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/**
 * How far apart its bits are. Of the 52, the upper 20 and the 5 that have no part in where the first
 * one is; odd, so that they are different ones.
 */
function stepOf(hash: number): number {
  return ((hash / 2 ** 32) & 0xfffff) | ((hash >>> 27) << 20) | 1;
}
