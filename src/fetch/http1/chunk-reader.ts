import { ProtocolError } from '../../model/failure.ts';

/** The most extensions and trailers of one body, in bytes. They are skipped. */
const MOST_EXTRAS = 16 * 1024;

/** The most digits of a chunk's size, zeros in front of it included, as in curl. */
const MOST_DIGITS = 16;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;

/** States: what the next byte belongs to. */
const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILER_START = 6;
const TRAILER = 7;
const TRAILER_LF = 8;
const LAST_LF = 9;
const DONE = 10;

/** Extracts a body from its chunks (RFC 9112 section 7.1). As in curl, lines may end with a bare LF. */
export class ChunkReader {
  #state: number = SIZE;
  /** The size that is being read, or what is left of the chunk, in bytes. */
  #size = 0;
  #digits = 0;
  #extras = 0;
  #isOdd = false;

  /** Whether a line ended with a bare LF: what follows may not be what it seems to be. */
  get isOdd(): boolean {
    return this.#isOdd;
  }

  /** Whether the last chunk was read, with its trailers. */
  get isDone(): boolean {
    return this.#state === DONE;
  }

  /** Prepares for the next body. */
  reset(): void {
    this.#state = SIZE;
    this.#size = 0;
    this.#digits = 0;
    this.#extras = 0;
    this.#isOdd = false;
  }

  /**
   * Reads `bytes` from `at` on.
   *
   * @param onData takes the next piece, which is only lent, and says whether to read on
   * @returns where it stopped: after the bytes, after the body, or because `onData` said so
   * @throws ProtocolError
   */
  read(bytes: Uint8Array, at: number, onData: (piece: Uint8Array) => boolean): number {
    let i = at;
    while (i < bytes.length && this.#state !== DONE) {
      if (this.#state === DATA) {
        const end = Math.min(bytes.length, i + this.#size);
        this.#size -= end - i;
        if (this.#size === 0) this.#state = DATA_CR;
        const goOn = onData(bytes.subarray(i, end));
        i = end;
        if (!goOn) break;
      } else {
        this.#state = this.#next(bytes[i++] as number);
      }
    }
    return i;
  }

  /** @returns the next state */
  #next(byte: number): number {
    switch (this.#state) {
      case SIZE:
        return this.#readSize(byte);
      case EXTENSION:
        if (byte === LF) return this.#bare(this.#afterSize());
        return this.#skip(byte, EXTENSION, SIZE_LF);
      case SIZE_LF:
        return expect(byte, LF, this.#afterSize());
      case DATA_CR:
        return byte === LF ? this.#bare(SIZE) : expect(byte, CR, DATA_LF);
      case DATA_LF:
        return expect(byte, LF, SIZE);
      case TRAILER_START:
        if (byte === LF) return this.#bare(DONE);
        return byte === CR ? LAST_LF : this.#skip(byte, TRAILER, TRAILER_LF);
      case TRAILER:
        return byte === LF ? this.#bare(TRAILER_START) : this.#skip(byte, TRAILER, TRAILER_LF);
      case TRAILER_LF:
        return expect(byte, LF, TRAILER_START);
      default:
        return expect(byte, LF, DONE);
    }
  }

  /** A line ends with a bare LF. @returns `next` */
  #bare(next: number): number {
    this.#isOdd = true;
    return next;
  }

  /** @returns the state after the line with the size of a chunk */
  #afterSize(): number {
    this.#digits = 0;
    return this.#size === 0 ? TRAILER_START : DATA;
  }

  #readSize(byte: number): number {
    const digit = digitOf(byte);
    if (digit !== undefined) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > MOST_DIGITS || this.#size > Number.MAX_SAFE_INTEGER)
        throw broken('the size of a chunk is too large');
      return SIZE;
    }
    if (this.#digits === 0) throw broken('the size of a chunk is missing');
    if (byte === CR) return SIZE_LF;
    if (byte === LF) return this.#bare(this.#afterSize());
    if (byte === SEMICOLON || byte === SPACE || byte === TAB) return EXTENSION;
    throw broken('the size of a chunk is not a number');
  }

  /** Skips the rest of a line. */
  #skip(byte: number, line: number, end: number): number {
    if (++this.#extras > MOST_EXTRAS) throw broken('too many extensions and trailers');
    return byte === CR ? end : line;
  }
}

/** @returns `next` */
function expect(byte: number, expected: number, next: number): number {
  if (byte !== expected) throw broken('a line does not end as it should');
  return next;
}

function digitOf(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

function broken(what: string): ProtocolError {
  return new ProtocolError(`the body is not in chunks as it says: ${what}`);
}
