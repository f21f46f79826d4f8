/**
 * HalfSipHash-1-3 with 64 bits, under a key drawn at random for each process, so that the author of a
 * list cannot make up names whose hashes collide. (Jean-Philippe Aumasson and Daniel J. Bernstein,
 * "SipHash: a fast short-input PRF", INDOCRYPT 2012; HalfSipHash is its form for words of 32 bits.) A
 * word is two UTF-16 units of the name.
 */
export class NameHash {
  readonly #key: Uint32Array;
  /** The two halves of the last hash, 32 bits each. */
  high = 0;
  low = 0;
  /** The state of the hash function. */
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  /**
   * @param key two words
   * @default drawn at random
   */
  constructor(key: Uint32Array = crypto.getRandomValues(new Uint32Array(2))) {
    this.#key = key;
  }

  /** Hashes `name` into {@link high} and {@link low}. */
  update(name: string): void {
    const [k0 = 0, k1 = 0] = this.#key;
    this.#v0 = k0;
    this.#v1 = k1 ^ 0xee;
    this.#v2 = 0x6c796765 ^ k0;
    this.#v3 = 0x74656462 ^ k1;
    const { length } = name;
    const whole = length & ~1;
    for (let i = 0; i < whole; i += 2)
      this.#mix(name.charCodeAt(i) | (name.charCodeAt(i + 1) << 16));
    // The length is hashed too: otherwise a name and a longer one could have the same words.
    this.#mix((length << 16) | (whole < length ? name.charCodeAt(whole) : 0xffff));
    this.#mix(length);
    this.#v2 ^= 0xee;
    this.#rounds();
    this.high = (this.#v1 ^ this.#v3) >>> 0;
    this.#v1 ^= 0xdd;
    this.#rounds();
    this.low = (this.#v1 ^ this.#v3) >>> 0;
  }

  #mix(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
  }

  #rounds(): void {
    this.#round();
    this.#round();
    this.#round();
  }

  #round(): void {
    let v0 = (this.#v0 + this.#v1) | 0;
    let v1 = rotated(this.#v1, 5) ^ v0;
    v0 = rotated(v0, 16);
    let v2 = (this.#v2 + this.#v3) | 0;
    let v3 = rotated(this.#v3, 8) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = rotated(v3, 7) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = rotated(v1, 13) ^ v2;
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = rotated(v2, 16);
    this.#v3 = v3;
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** How full a part may get before all parts grow: beyond this, probing takes too many steps. */
const FULLEST = 0.87;

/** The factor by which the parts grow. */
const GROWTH = 1.2;

/** Each name belongs to one of these parts, so that they can grow one after another. */
const PARTS = 64;

/** The entries that a part begins with. */
const FIRST_SIZE = 16;

/** The high half of a free entry, and of a deleted one. No name has either. */
const FREE = 0;
const DELETED = 1;

/**
 * A set of names that stores 64 bits of a hash of each, about 10 bytes a name. Two of a million names
 * are taken for the same one with a probability of 3·10⁻⁸ (n²/2⁶⁵), even if chosen by an attacker.
 *
 * A plain Set does not fit the bound of 150 MB for a list of 1,000,000 URLs: the names take 11 MB here,
 * 58 in a Map from 32 bits to 32, 65 in a Set of numbers, 90 of bigints and 118 of strings, at the same
 * CPU time or more. The table grows in place, since a larger copy beside the old one costs 20 MB too.
 */
export class NameSet {
  /** Entries of two halves each, with linear probing (Knuth, TAOCP vol. 3, section 6.4). */
  readonly #halves = new SegmentedArray(2 * PARTS * FIRST_SIZE);
  /** The entries of each part. */
  #size = FIRST_SIZE;
  /** How many entries of each part are not free. */
  readonly #used = new Uint32Array(PARTS);
  readonly #hashing = new NameHash();
  /** The hash of the name in question. */
  #high = 0;
  #low = 0;

  /** @returns whether the name is new */
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
    // The search for other names passes through this entry, so it is not free until the table grows.
    if (this.#halves.at(entry) !== FREE) this.#halves.set(entry, DELETED);
  }

  /** The index of the name hashed last, or of the free entry where it would go. */
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

  /** @returns how many entries of the part are now not free */
  #put(entry: number): number {
    this.#halves.set(entry, this.#high);
    this.#halves.set(entry + 1, this.#low);
    const part = this.#low % PARTS;
    const used = (this.#used[part] ?? 0) + 1;
    this.#used[part] = used;
    return used;
  }

  /** Moves the parts from the last to the first, each to where it and the ones after it were. */
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
        this.#high = part[i] ?? FREE;
        this.#low = part[i + 1] ?? FREE;
        if (this.#high > DELETED) this.#put(this.#find());
      }
    }
  }

  #hash(name: string): void {
    this.#hashing.update(name);
    const { high, low } = this.#hashing;
    this.#high = high <= DELETED ? 2 : high;
    this.#low = low;
  }
}

/** Numbers in a segment of 64 KiB: a power of two. */
const SEGMENT_BITS = 14;
const SEGMENT = 2 ** SEGMENT_BITS;

/**
 * Numbers of 32 bits, 0 at first. More are added as further segments, without a copy of the others.
 * An index is always within the length. The casts say so, since a fallback for `undefined` (`?? 0`) makes
 * the whole set a quarter slower.
 */
class SegmentedArray {
  readonly #segments: Uint32Array[] = [];

  /** @param length the least length */
  constructor(length: number) {
    this.extend(length);
  }

  /** @param length the least length from now on */
  extend(length: number): void {
    while (this.#segments.length * SEGMENT < length) {
      this.#segments.push(new Uint32Array(SEGMENT));
    }
  }

  at(index: number): number {
    return this.#segmentOf(index)[index & (SEGMENT - 1)] as number;
  }

  set(index: number, value: number): void {
    this.#segmentOf(index)[index & (SEGMENT - 1)] = value;
  }

  #segmentOf(index: number): Uint32Array {
    return this.#segments[index >>> SEGMENT_BITS] as Uint32Array;
  }
}
