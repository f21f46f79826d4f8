import { NameHash } from './name-hash.ts';
import { SegmentedArray } from './segmented-array.ts';

/** So full, at most, is a part before all grow: beyond that, looking takes too many steps. */
const FULLEST = 0.87;

/** How much larger they get at a time. */
const GROWTH = 1.2;

/** A name is looked for in one of these parts only, so that one after the other can grow. */
const PARTS = 64;

/** Entries that each part begins with. */
const FIRST_SIZE = 16;

/** Both halves of an entry that is free, and of one that was taken out again: no name has them. */
const FREE = 0;
const GONE = 1;

/**
 * A set of names that keeps 64 bits of a hash of each, and not the names: some 10 bytes for each,
 * where a Set of strings takes 80. Two of a million names are taken for one with a probability of
 * 3·10⁻⁸ (n²/2⁶⁵), also when they were made up for that.
 *
 * It grows in place: a larger table beside the one that it replaces would be the most that a run of
 * millions of rows ever takes.
 */
export class NameSet {
  /** Entries of two halves each, with linear probing (Knuth, TAOCP vol. 3, section 6.4). */
  readonly #halves = new SegmentedArray(2 * PARTS * FIRST_SIZE);
  /** Entries of each part, and how many of them are not free. */
  #size = FIRST_SIZE;
  readonly #used = new Uint32Array(PARTS);
  readonly #hashing = new NameHash();
  /** Of the name looked at last. */
  #high = 0;
  #low = 0;

  /** @returns whether it was not in there before */
  add(name: string): boolean {
    this.#hash(name);
    const entry = this.#find();
    if (this.#halves.at(entry) !== FREE) return false;
    if (this.#put(entry) > FULLEST * this.#size) this.#grow();
    return true;
  }

  has(name: string): boolean {
    this.#hash(name);
    return this.#halves.at(this.#find()) !== FREE;
  }

  delete(name: string): void {
    this.#hash(name);
    const entry = this.#find();
    // Others may be found only by way of it: it stays taken until the table grows.
    if (this.#halves.at(entry) !== FREE) this.#halves.set(entry, GONE);
  }

  /** Where the name hashed last is, or the free entry where it would be. */
  #find(): number {
    const halves = this.#halves;
    const begin = 2 * (this.#low % PARTS) * this.#size;
    const end = begin + 2 * this.#size;
    let entry = begin + 2 * Math.floor((this.#high / 2 ** 32) * this.#size);
    for (;;) {
      const high = halves.at(entry);
      if (high === FREE) return entry;
      if (high === this.#high && halves.at(entry + 1) === this.#low) return entry;
      entry += 2;
      if (entry === end) entry = begin;
    }
  }

  /** @returns how many entries of the part are not free now */
  #put(entry: number): number {
    this.#halves.set(entry, this.#high);
    this.#halves.set(entry + 1, this.#low);
    const part = this.#low % PARTS;
    const used = (this.#used[part] as number) + 1;
    this.#used[part] = used;
    return used;
  }

  /** From the last part to the first: each moves to where itself and some after it were. */
  #grow(): void {
    const halves = this.#halves;
    const part = new Uint32Array(2 * this.#size);
    this.#size = Math.ceil(this.#size * GROWTH);
    halves.extend(2 * PARTS * this.#size);
    this.#used.fill(0);
    for (let begin = (PARTS - 1) * part.length; begin >= 0; begin -= part.length) {
      for (let i = 0; i < part.length; i++) {
        part[i] = halves.at(begin + i);
        halves.set(begin + i, FREE);
      }
      for (let i = 0; i < part.length; i += 2) {
        this.#high = part[i] as number;
        this.#low = part[i + 1] as number;
        if (this.#high > GONE) this.#put(this.#find());
      }
    }
  }

  #hash(name: string): void {
    this.#hashing.update(name);
    const { high, low } = this.#hashing;
    this.#high = high <= GONE ? 2 : high;
    this.#low = low;
  }
}
