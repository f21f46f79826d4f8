import { BadValue } from '../bad-value.ts';
import { decodeUtf8 } from '../decode-utf8.ts';

/** A line longer than this, in bytes, is no URL: it is not kept in memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** How much is kept of a line that cannot be read, in bytes, to be recognised by. */
const KEPT_OF_UNREADABLE = 200;

/** Byte order marks: lists that were put together of others have them also in the middle. */
const MARKS = /^(?:\xef\xbb\xbf)+/;

/** A line of a list, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** It cannot be read; `text` is then the beginning of it, byte by byte. */
  readonly problem: BadValue | undefined;
}

/**
 * Cuts chunks of bytes into lines: `\n` or `\r\n` ends one, a byte order mark before one is left
 * out.
 */
export class LineSplitter {
  /** What came after the last line end: one character for each byte. */
  #rest = '';
  #number = 0;
  /** The line under way was too long and has been handed out; the rest of it is nobody's. */
  #skipping = false;

  /** The lines that `chunk` completes. */
  push(chunk: Buffer): Line[] {
    const [first = '', ...others] = chunk.toString('latin1').split('\n');
    return this.#take([this.#rest + first, ...others]);
  }

  /** The last line, if it has no end. */
  end(): Line[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' || this.#skipping ? [] : [this.#lineOf(rest)];
  }

  /** @param pieces what lay between line ends; the last one is not complete yet */
  #take(pieces: string[]): Line[] {
    const lines: Line[] = [];
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (this.#skipping) this.#skipping = false;
      else lines.push(this.#lineOf(piece));
    }
    if (this.#skipping) this.#rest = '';
    else if (rest.length <= MAX_LINE_BYTES) this.#rest = rest;
    else {
      lines.push(this.#lineOf(rest));
      this.#rest = '';
      this.#skipping = true;
    }
    return lines;
  }

  #lineOf(piece: string): Line {
    const number = ++this.#number;
    if (piece.length > MAX_LINE_BYTES) {
      const problem = new BadValue(`the line is longer than ${MAX_LINE_BYTES} bytes`);
      return { number, text: piece.slice(0, KEPT_OF_UNREADABLE), problem };
    }
    const line = piece.endsWith('\r') ? piece.slice(0, -1) : piece;
    const bytes = line.startsWith('\xef') ? line.replace(MARKS, '') : line;
    try {
      return { number, text: decodeUtf8(bytes), problem: undefined };
    } catch (problem) {
      if (!(problem instanceof BadValue)) throw problem;
      return { number, text: bytes.slice(0, KEPT_OF_UNREADABLE), problem };
    }
  }
}
