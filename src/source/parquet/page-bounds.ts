/**
 * Checks of a page that hyparquet does not make: it fills arrays by the counts that a page states, beyond
 * what the page can have. Without them a page of a few bytes could take all memory.
 */
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { MOST_PAGE_BYTES } from './page-header.ts';
import { ParquetError } from './parquet-error.ts';

/** The bytes of a page as they are read. hyparquet moves `offset`. */
export interface PageReader {
  readonly view: DataView<ArrayBuffer>;
  offset: number;
}

/** Runs of packed bits come in eights, and writers may fill up the last one further. */
const SPARE_VALUES = 512;

/** No value has more bits. */
const WIDEST = 32;

/** Writers use blocks of 128 values in 4 parts. */
const LARGEST_BLOCK = 64 * 1024;

/** Runs of levels, or of indexes into a dictionary. */
interface Runs {
  readonly from: number;
  /** In bytes. */
  readonly length: number;
  /** Of a value, in bits. */
  readonly width: number;
  /** How many values there are. */
  readonly values: number;
}

/**
 * Checks that the runs of the hybrid encoding (RLE and packed bits) have no more values than they should,
 * and stay within their bytes.
 * @throws ParquetError
 */
export function checkRuns({ view }: PageReader, { from, length, width, values }: Runs): void {
  const end = from + length;
  if (end > view.byteLength || width > WIDEST) throw new ParquetError('a page is damaged');
  const reader = { view, offset: from };
  let left = values;
  while (left > 0) {
    const header = readNumber(reader, end);
    const isPacked = header % 2 === 1;
    const count = isPacked ? ((header - 1) / 2) * 8 : header / 2;
    if (count === 0 || count > left + SPARE_VALUES) {
      throw new ParquetError('a page has a run that is longer than the page');
    }
    reader.offset += isPacked ? (count / 8) * width : Math.ceil(width / 8);
    left -= count;
    // The last run of packed bits may be cut off after its values.
    if (reader.offset > end && left > 0) throw new ParquetError('a page has runs beyond its end');
  }
}

/** Checks the head of numbers that are stored by their differences. @throws ParquetError */
export function checkDeltas({ view, offset }: PageReader): void {
  const reader = { view, offset };
  const block = readNumber(reader, view.byteLength);
  const parts = readNumber(reader, view.byteLength);
  if (parts === 0 || parts > block || block > LARGEST_BLOCK) {
    throw new ParquetError('a page has differences in blocks that are too large');
  }
}

/**
 * Checks texts that are stored by what they share with the text before: together they may be much longer
 * than the page.
 * @throws ParquetError
 */
export function checkPrefixes({ view, offset }: PageReader, count: number): void {
  const reader = { view, offset };
  let total = 0;
  let before = 0;
  const lengths = [new Int32Array(count), new Int32Array(count)] as const;
  for (const numbers of lengths) {
    checkDeltas(reader);
    deltaBinaryUnpack(reader, count, numbers);
  }
  const [prefixes, suffixes] = lengths;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i] ?? 0;
    const suffix = suffixes[i] ?? 0;
    if (prefix < 0 || suffix < 0 || prefix > before) throw new ParquetError('a page is damaged');
    before = prefix + suffix;
    total += before;
  }
  if (total > MOST_PAGE_BYTES) {
    throw new ParquetError(`a page of ${total} bytes, and at most ${MOST_PAGE_BYTES} are read`);
  }
}

/** A number in groups of seven bits, lowest first. */
function readNumber(reader: { view: DataView; offset: number }, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (reader.offset >= end) throw new ParquetError('a page ends too early');
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new ParquetError('a page has a number that is too long');
}
