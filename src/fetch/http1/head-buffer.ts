/** An empty line, behind one that ends as it should or with a bare LF. */
const CRLF_END = Buffer.from('\n\r\n');
/** The same, with a bare LF. */
const LF_END = Buffer.from('\n\n');

/** In bytes: most heads fit, and what comes next of one that does not. */
const FIRST_SIZE = 4 * 1024;

/** Collects a head that comes in pieces. It grows by doubling, so a head that drips costs no more than its length. */
export class HeadBuffer {
  #bytes = Buffer.allocUnsafe(0);
  #length = 0;

  /** How much there is of it. */
  get length(): number {
    return this.#length;
  }

  /** Takes the next piece, lent. @returns all there is, until the next call */
  add(piece: Buffer): Buffer {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_SIZE, 2 * length));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
    return this.#bytes.subarray(0, length);
  }
}

/**
 * @param from before which it does not end
 * @returns how long the head is, the empty line behind it included; -1 while it has none
 */
export function lengthOfHead(head: Buffer, from: number): number {
  const crlf = head.indexOf(CRLF_END, from);
  // Most are found at once, and the body behind them is not looked at.
  const before = crlf === -1 ? head : head.subarray(0, crlf + 1);
  const lf = before.indexOf(LF_END, from);
  if (lf !== -1) return lf + LF_END.length;
  return crlf === -1 ? -1 : crlf + CRLF_END.length;
}
