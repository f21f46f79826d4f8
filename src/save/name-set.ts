/** So full, at most, before it grows: beyond that, looking takes too many steps. */
const FULLEST = 0.85;

/** How much larger each table is than the one before. */
const GROWTH = 1.3;

/** Both halves of an entry that is free, and of one that was taken out again: no name has them. */
const FREE = 0;
const GONE = 1;

/**
 * A set of names that keeps 64 bits of a hash of each, and not the names: some 12 bytes for each,
 * where a Set of strings takes 80. Two of a million names are taken for one with a probability of
 * 3·10⁻⁸ (n²/2⁶⁵).
 */
export class NameSet {
  /** Entries of two halves each, with linear probing (Knuth, TAOCP vol. 3, section 6.4). */
  #table = new Uint32Array(2 * 1024);
  #capacity = 1024;
  /** Entries that are not free. */
  #used = 0;
  /** Of the name looked at last. */
  #high = 0;
  #low = 0;

  /** @returns whether it was not in there before */
  add(name: string): boolean {
    this.#hash(name);
    const entry = this.#find();
    if (this.#table[entry] !== FREE) return false;
    this.#table[entry] = this.#high;
    this.#table[entry + 1] = this.#low;
    this.#used++;
    if (this.#used > FULLEST * this.#capacity) this.#grow();
    return true;
  }

  has(name: string): boolean {
    this.#hash(name);
    return this.#table[this.#find()] !== FREE;
  }

  delete(name: string): void {
    this.#hash(name);
    const entry = this.#find();
    // Others may be found only by way of it: it stays taken until the table grows.
    if (this.#table[entry] !== FREE) this.#table[entry] = GONE;
  }

  /** Where the name hashed last is, or the free entry where it would be. */
  #find(): number {
    const table = this.#table;
    let entry = 2 * Math.floor((this.#high / 2 ** 32) * this.#capacity);
    while (table[entry] !== FREE) {
      if (table[entry] === this.#high && table[entry + 1] === this.#low) return entry;
      entry += 2;
      if (entry === table.length) entry = 0;
    }
    return entry;
  }

  #grow(): void {
    const old = this.#table;
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    this.#table = new Uint32Array(2 * this.#capacity);
    this.#used = 0;
    for (let i = 0; i < old.length; i += 2) {
      const high = old[i] as number;
      if (high === FREE || high === GONE) continue;
      this.#high = high;
      this.#low = old[i + 1] as number;
      const entry = this.#find();
      this.#table[entry] = this.#high;
      this.#table[entry + 1] = this.#low;
      this.#used++;
    }
  }

  /** Two rounds of multiply and rotate with their own constants, and MurmurHash3's mixing at the end. */
  #hash(name: string): void {
    let high = 0xdeadbeef;
    let low = 0x41c6ce57;
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      high = (high << 13) | (high >>> 19);
      low = Math.imul(low ^ unit, 0x85ebca77);
      low = (low << 15) | (low >>> 17);
    }
    this.#high = mixed(high ^ name.length);
    this.#low = mixed(low ^ high);
    if (this.#high <= GONE) this.#high = 2;
  }
}

/** MurmurHash3's finalizer (Austin Appleby, 2011): every bit depends on every other one. */
function mixed(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
