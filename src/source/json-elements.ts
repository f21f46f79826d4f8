import { BadValue } from './bad-value.ts';
import { decodeUtf8, type Line, type LineSource, MAX_LINE_BYTES } from './line-splitter.ts';
import { ListError } from './list-error.ts';

/** How many bytes of an element that is too long are kept, for its row to be recognised by. */
const KEPT_OF_TOO_LONG = 200;

const NEXT_LINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Where a text begins: its line, and the byte of that line, both from 1. */
interface Place {
  readonly number: number;
  readonly column: number;
}

/**
 * Splits the chunks of a JSON array into the texts of its elements, so that an array of any length takes
 * the memory of one element. What is within an element is left to JSON.parse.
 */
export class JsonElements implements LineSource {
  readonly #list: string;
  #number = 1;
  /** The bytes of this line that came in earlier chunks. */
  #before = 0;
  /** 0 before the array, 1 in it, more within an element. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isClosed = false;
  /** The element that has begun, without the bytes of the present chunk. */
  #text = '';
  #place: Place | undefined;

  /** @param list the list's name in errors */
  constructor(list: string) {
    this.#list = list;
  }

  /** The elements that `chunk` completes. @throws ListError for text after the array */
  push(chunk: Buffer): Line[] {
    const elements: Line[] = [];
    /** Where the element and the line begin in this chunk. */
    let from = 0;
    let lineStart = -this.#before;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === NEXT_LINE) {
        this.#number++;
        lineStart = at + 1;
      }
      if (this.#isInString) {
        this.#readString(byte);
        continue;
      }
      const place = { number: this.#number, column: 1 + at - lineStart };
      if (this.#depth === 1 && (byte === COMMA || isClosing(byte))) {
        if (this.#place !== undefined) elements.push(this.#complete(chunk, from, at));
        if (byte !== COMMA) this.#close();
      } else if (!isSpace(byte)) {
        if (this.#depth === 0) this.#open(byte, place);
        else {
          if (this.#place === undefined) {
            this.#place = place;
            from = at;
          }
          this.#readValue(byte);
        }
      }
    }
    this.#before = chunk.length - lineStart;
    if (this.#place !== undefined) this.#keep(chunk, from, chunk.length);
    return elements;
  }

  /** @throws ListError when the array has not ended */
  end(): Line[] {
    if (this.#isClosed) return [];
    throw new ListError(this.#list, 'its JSON array ends in the middle');
  }

  #open(byte: number, { number, column }: Place): void {
    if (!this.#isClosed && byte === 0x5b) this.#depth = 1;
    else if (this.#isClosed) {
      throw new ListError(
        `${this.#list}:${number}:${column}`,
        'there is text after the JSON array',
      );
    }
  }

  #close(): void {
    this.#depth = 0;
    this.#isClosed = true;
  }

  #readString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInString = false;
  }

  #readValue(byte: number): void {
    if (byte === QUOTE) this.#isInString = true;
    else if (byte === 0x5b || byte === 0x7b) this.#depth++;
    else if (isClosing(byte)) this.#depth--;
  }

  /**
   * An element is not kept beyond the bound, but its whole length counts against {@link MAX_LINE_BYTES}.
   */
  #keep(chunk: Buffer, from: number, to: number): void {
    if (this.#text.length <= MAX_LINE_BYTES) this.#text += chunk.toString('latin1', from, to);
  }

  #complete(chunk: Buffer, from: number, to: number): Line {
    this.#keep(chunk, from, to);
    const { number, column } = this.#place ?? { number: 1, column: 1 };
    const bytes = this.#text.trimEnd();
    this.#text = '';
    this.#place = undefined;
    const kept = { number, column, text: bytes.slice(0, KEPT_OF_TOO_LONG) };
    if (bytes.length > MAX_LINE_BYTES) {
      const problem = new BadValue(`the element is longer than ${MAX_LINE_BYTES} bytes`);
      return { ...kept, problem };
    }
    try {
      return { number, column, text: decodeUtf8(bytes), problem: undefined };
    } catch (problem) {
      if (!(problem instanceof BadValue)) throw problem;
      return { ...kept, problem };
    }
  }
}

function isClosing(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === NEXT_LINE || byte === 0x0d;
}
