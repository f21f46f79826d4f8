/** Bits: 16 MiB of them, however long the list. */
const BITS = 2 ** 27;

const WORDS = BITS / 32;

/** Bits that a hash sets. With 6, two million rows are told from each other without an error. */
const PROBES = 6;

/**
 * Remembers hashes in a fixed amount of memory (a Bloom filter): what it says is new is new. Of 5
 * million it takes one of 20,000 others for seen, of 20 million one of 20; for those the ledger has
 * to be asked.
 */
export class HashFilter {
  readonly #words = new Uint32Array(WORDS);

  /** @param hash of 52 bits */
  add(hash: number): void {
    const step = stepOf(hash);
    let bit = hash >>> 0;
    for (let probe = 0; probe < PROBES; probe++, bit += step) {
      const word = (bit >>> 5) % WORDS;
      this.#words[word] = (this.#words[word] ?? 0) | (1 << (bit & 31));
    }
  }

  /** @returns whether it was added: false is certain, true is most likely */
  has(hash: number): boolean {
    const step = stepOf(hash);
    let bit = hash >>> 0;
    for (let probe = 0; probe < PROBES; probe++, bit += step) {
      const word = (bit >>> 5) % WORDS;
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
