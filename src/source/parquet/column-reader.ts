import type { Cell } from './cell-text.ts';
import { cellWriter } from './cell-text.ts';
import { decodeDictionary, decodePage, type PageDecoder } from './decode-page.ts';
import type { Chunk } from './footer.ts';
import { type Page, readPageHeader } from './page-header.ts';
import { ParquetError } from './parquet-error.ts';
import type { RandomFile } from './random-file.ts';
import type { ParquetColumn } from './schema.ts';
import { unpackPage } from './unpack-page.ts';

/** How many bytes are read at once: about a page. */
const READ_BYTES = 1024 * 1024;

/** The longest header of a page: it may have the least and the largest value of the page. */
const MOST_HEADER_BYTES = 16 * 1024 * 1024;

/** Reads the values of a column in a row group, page by page. */
export class ColumnReader {
  readonly #file: RandomFile;
  readonly #chunk: Chunk;
  readonly #column: ParquetColumn;
  #decoder: PageDecoder;
  /** How far the pages have been read, in the chunk. */
  #at = 0;
  /** What was read last, and where it begins in the chunk. */
  #window = Buffer.alloc(0);
  #windowStart = 0;

  /** @param isDigest whether the column has checksums, which may be bytes */
  constructor(file: RandomFile, chunk: Chunk, column: ParquetColumn, isDigest: boolean) {
    if (column.type === undefined) throw new TypeError(`the column ${column.name} has no text`);
    this.#file = file;
    this.#chunk = chunk;
    this.#column = column;
    this.#decoder = { column, write: cellWriter(column.type, isDigest), dictionary: undefined };
  }

  /**
   * The values of the next page that has some.
   * @param most how many values there may still be
   * @throws ParquetError if there is no further page, or it is damaged; the file system's errors
   */
  async next(most: number): Promise<readonly Cell[]> {
    for (;;) {
      const page = await this.#header();
      const stored = await this.#bytes(page.bytes);
      this.#at += page.bytes;
      if (page.kind === 'dictionary') {
        const bytes = unpackPage(stored, this.#chunk.codec, page.unpackedBytes);
        const dictionary = decodeDictionary(bytes, page, this.#decoder);
        this.#decoder = { ...this.#decoder, dictionary };
      } else if (page.kind !== 'other' && page.values > 0) {
        if (page.values > most) throw new ParquetError('a page has more values than rows are left');
        return decodePage(this.#unpacked(stored, page), page, this.#decoder);
      }
    }
  }

  /** Reads the header of the next page, and goes on after it. */
  async #header(): Promise<Page> {
    const left = this.#chunk.length - this.#at;
    if (left <= 0) throw new ParquetError('its values end before its rows do');
    for (let length = Math.min(left, 4096); ; length = Math.min(left, length * 4)) {
      const page = readPageHeader(await this.#bytes(length));
      if (page !== undefined) {
        this.#at += page.headerBytes;
        return page;
      }
      if (length === left || length > MOST_HEADER_BYTES) {
        throw new ParquetError('the header of a page is damaged');
      }
    }
  }

  /** The next bytes of the chunk. They are not consumed. */
  async #bytes(length: number): Promise<Buffer> {
    const left = this.#chunk.length - this.#at;
    if (length > left) throw new ParquetError(`a page of ${length} bytes, and ${left} are left`);
    const from = this.#at - this.#windowStart;
    if (from < 0 || from + length > this.#window.length) {
      const much = Math.min(left, Math.max(length, READ_BYTES));
      this.#window = await this.#file.read(this.#chunk.start + this.#at, much);
      this.#windowStart = this.#at;
      return this.#window.subarray(0, length);
    }
    return this.#window.subarray(from, from + length);
  }

  /**
   * A page as one of the first kind: the length of the levels, the levels, the values. A page of the second
   * kind has levels of its own length, which are not compressed.
   */
  #unpacked(stored: Buffer, page: Page): Uint8Array {
    const { codec } = this.#chunk;
    if (page.kind === 'data') return unpackPage(stored, codec, page.unpackedBytes);
    const { repetitionBytes, definitionBytes } = page;
    const valuesStart = repetitionBytes + definitionBytes;
    const values = unpackPage(
      stored.subarray(valuesStart),
      page.isCompressed ? codec : 'UNCOMPRESSED',
      page.unpackedBytes - valuesStart,
    );
    if (this.#column.maxLevel === 0) return values;
    const whole = new Uint8Array(4 + definitionBytes + values.length);
    new DataView(whole.buffer).setUint32(0, definitionBytes, true);
    whole.set(stored.subarray(repetitionBytes, valuesStart), 4);
    whole.set(values, 4 + definitionBytes);
    return whole;
  }
}
