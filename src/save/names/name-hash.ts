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
