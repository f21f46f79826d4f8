import type { RowKey } from './row-key.ts';

/** Bits: 16 MiB of them, however long the list. */
const BITS = 2 ** 27;

/** Bits that a key sets: one for each 8 hex digits. */
const HEX = 8;

/**
 * Remembers keys in a fixed amount of memory (a Bloom filter): what it says is new is new. Of 20 million keys it takes 4 % of others for seen, of a million almost none;
 * for those the ledger has to be asked.
 */
export class KeyFilter {
  readonly #words = new Uint32Array(BITS / 32);

  /** Adds a key. @returns whether it was there: false is certain, true is most likely */
  add(key: RowKey): boolean {
    let wasThere = true;
    for (let at = 0; at < key.length; at += HEX) {
      const bit = bitOf(key, at);
      const word = this.#words[bit >>> 5] ?? 0;
      const mask = 1 << (bit & 31);
      if ((word & mask) !== 0) continue;
      wasThere = false;
      this.#words[bit >>> 5] = word | mask;
    }
    return wasThere;
  }
}

/** A key is the output of a hash: any piece of it is as good as another hash. */
function bitOf(key: RowKey, at: number): number {
  return Number.parseInt(key.slice(at, at + HEX), 16) % BITS;
}
