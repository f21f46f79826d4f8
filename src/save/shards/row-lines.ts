/** The memory for the first rows, in bytes: some hundred rows. */
const FIRST = 64 * 1024;

/** A character is three bytes of UTF-8 at most. */
const MOST_BYTES = 3;

/** Lines of JSON, in memory outside of V8's heap: garbage collection does not look at them. */
export class RowLines {
  #bytes = Buffer.allocUnsafeSlow(FIRST);
  #used = 0;
  #count = 0;

  /** How many lines there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a line. @returns its bytes, without the line end, until the next call */
  add(json: string): Uint8Array {
    const needed = this.#used + json.length * MOST_BYTES + 1;
    if (needed > this.#bytes.byteLength) this.#grow(needed);
    const start = this.#used;
    const end = start + this.#bytes.write(json, start);
    this.#bytes[end] = 0x0a;
    this.#used = end + 1;
    this.#count++;
    return this.#bytes.subarray(start, end);
  }

  /** Adds all lines of `others`. */
  addAll(others: RowLines): void {
    const lines = others.take();
    if (this.#used + lines.byteLength > this.#bytes.byteLength) {
      this.#grow(this.#used + lines.byteLength);
    }
    this.#bytes.set(lines, this.#used);
    this.#used += lines.byteLength;
    this.#count += others.count;
  }

  /** Hands over all lines, each with its end. Nothing is added afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#used);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.byteLength));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
