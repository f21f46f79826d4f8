import { isUtf8 } from 'node:buffer';
import { BadValue } from './bad-value.ts';

/** The longest line, in bytes. A longer one cannot be a URL, and is not kept in memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** How many bytes of an unreadable line are kept, for its row to be recognised by. */
const KEPT_OF_UNREADABLE = 200;

/** Byte order marks. Lists joined from several files also have them in the middle. */
const MARKS = /^(?:\xef\xbb\xbf)+/;

/** A line of a list, without its line end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Where its text begins, for an element of a JSON array. @default 1 */
  readonly column?: number;
  /** Why the line cannot be read. `text` is then its beginning, one character for each byte. */
  readonly problem: BadValue | undefined;
}

/** Turns the chunks of a list into the texts that its reader makes rows of. */
export interface LineSource {
  push(chunk: Buffer): readonly Line[];
  /** What the end of the list completes. */
  end(): readonly Line[];
}

/** Splits chunks of bytes into lines, at `\n` and `\r\n`. A byte order mark before a line is dropped. */
export class LineSplitter implements LineSource {
  /** The bytes after the last line end, one character for each. */
  #rest = '';
  #number = 0;
  /** The current line was too long and has been returned; the rest of it is skipped. */
  #skipping = false;

  /** The lines that `chunk` completes. */
  push(chunk: Buffer): Line[] {
    const [first = '', ...others] = chunk.toString('latin1').split('\n');
    return this.#take([this.#rest + first, ...others]);
  }

  /** The last line, if it has no line end. */
  end(): Line[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' || this.#skipping ? [] : [this.#lineOf(rest)];
  }

  /** @param pieces the text between line ends; the last piece is not complete yet */
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

const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/**
 * Decodes UTF-8.
 * @param bytes a string with one character for each byte (latin1)
 * @throws BadValue that names the first byte that is not UTF-8
 */
export function decodeUtf8(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ASCII characters.
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (isUtf8(buffer)) return buffer.toString();
  const { byte, offset } = firstBadByte(buffer);
  const shown = buffer.toString('hex', byte, byte + 1);
  throw new BadValue(`not UTF-8: byte ${byte + 1} of the line is 0x${shown}`, offset);
}

/** Its place from 0, in bytes and in characters. */
function firstBadByte(buffer: Buffer): { byte: number; offset: number } {
  const text = buffer.toString();
  let offset = text.indexOf(REPLACEMENT);
  let byte = Buffer.byteLength(text.slice(0, offset));
  // The decoder puts U+FFFD where it fails. A U+FFFD of the text itself has its own three bytes.
  while (buffer.subarray(byte, byte + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES)) {
    const next = text.indexOf(REPLACEMENT, offset + 1);
    byte += Buffer.byteLength(text.slice(offset, next));
    offset = next;
  }
  return { byte, offset };
}
