import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js';
import { byteStreamSplit, readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { Cell, StoredValue } from './cell-text.ts';
import { checkDeltas, checkPrefixes, checkRuns, type PageReader } from './page-bounds.ts';
import type { Page } from './page-header.ts';
import { ParquetError } from './parquet-error.ts';
import type { ParquetColumn } from './schema.ts';

/** How the values of a page become text. */
export interface PageDecoder {
  readonly column: ParquetColumn;
  readonly write: (value: StoredValue) => Cell;
  /** The values that the column's dictionary has. */
  readonly dictionary: readonly Cell[] | undefined;
}

/** The values of a dictionary. @throws ParquetError */
export function decodeDictionary(bytes: Uint8Array, page: Page, decoder: PageDecoder): Cell[] {
  const { column, write } = decoder;
  return guarded(() => Array.from(plain(readerOf(bytes), page.values, column), write));
}

/**
 * The values of a page of data, null where there is none. Its decoding takes no more memory than a page
 * of `page.values` values may need: runs and lengths are checked before hyparquet fills arrays by them.
 *
 * @param bytes the unpacked page; the levels have their length before them
 * @throws ParquetError if the page is damaged
 */
export function decodePage(bytes: Uint8Array, page: Page, decoder: PageDecoder): Cell[] {
  return guarded(() => {
    const reader = readerOf(bytes);
    const { maxLevel } = decoder.column;
    const levels = maxLevel === 0 ? undefined : levelsOf(reader, page.values, maxLevel);
    let present = page.values;
    for (const level of levels ?? []) if (level !== maxLevel) present--;
    const cells = cellsOf(reader, page, present, decoder);
    if (levels === undefined || present === page.values) return cells;
    let at = 0;
    return levels.map((level) => (level === maxLevel ? (cells[at++] ?? null) : null));
  });
}

function readerOf(bytes: Uint8Array): PageReader {
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array<ArrayBuffer>;
  return { view: new DataView(buffer, byteOffset, byteLength), offset: 0 };
}

/** What hyparquet throws where the bytes of a page make no sense. */
function guarded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof ParquetError) throw cause;
    throw new ParquetError('the values of a page are damaged', { cause });
  }
}

function levelsOf(reader: PageReader, values: number, maxLevel: number): number[] {
  const width = widthOf(maxLevel);
  const length = reader.view.getUint32(reader.offset, true);
  checkRuns(reader, { from: reader.offset + 4, length, width, values });
  const levels = new Array<number>(values);
  readRleBitPackedHybrid(reader, width, levels);
  // The last run may be longer than the page.
  levels.length = values;
  return levels;
}

/** The bits of a number. */
function widthOf(value: number): number {
  return 32 - Math.clz32(value);
}

function cellsOf(reader: PageReader, page: Page, count: number, decoder: PageDecoder): Cell[] {
  const { column, write } = decoder;
  switch (page.encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      return fromDictionary(reader, count, decoder.dictionary);
    default:
      return Array.from(storedValues(reader, page, count, column), write);
  }
}

function fromDictionary(
  reader: PageReader,
  count: number,
  dictionary: readonly Cell[] | undefined,
): Cell[] {
  if (count === 0) return [];
  if (dictionary === undefined) throw new ParquetError('a dictionary is missing');
  const width = reader.view.getUint8(reader.offset++);
  const indexes = new Array<number>(count).fill(0);
  if (width > 0) {
    const length = reader.view.byteLength - reader.offset;
    checkRuns(reader, { from: reader.offset, length, width, values: count });
    readRleBitPackedHybrid(reader, width, indexes, length);
    indexes.length = count;
  }
  return indexes.map((index) => {
    const cell = dictionary[index];
    if (cell === undefined) throw new ParquetError('a page has a value that no dictionary has');
    return cell;
  });
}

function storedValues(
  reader: PageReader,
  { encoding }: Page,
  count: number,
  column: ParquetColumn,
): ArrayLike<StoredValue> {
  if (count === 0) return [];
  switch (encoding) {
    case 'PLAIN':
      return plain(reader, count, column);
    case 'RLE':
      return booleans(reader, count, column);
    case 'DELTA_BINARY_PACKED': {
      checkDeltas(reader);
      const values = column.stored === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, values);
      return values;
    }
    case 'DELTA_LENGTH_BYTE_ARRAY': {
      checkDeltas(reader);
      const values = new Array<Uint8Array>(count);
      deltaLengthByteArray(reader, count, values);
      return values;
    }
    case 'DELTA_BYTE_ARRAY': {
      checkPrefixes(reader, count);
      const values = new Array<Uint8Array>(count);
      deltaByteArray(reader, count, values);
      return values;
    }
    case 'BYTE_STREAM_SPLIT':
      return byteStreamSplit(reader, count, storedAs(column), column.length);
    default:
      throw new ParquetError(`it has the encoding ${encoding}, which is not read`);
  }
}

/** A boolean is a level of its own: a run of ones and zeros, with its length before it. */
function booleans(reader: PageReader, count: number, { stored }: ParquetColumn): boolean[] {
  if (stored !== 'BOOLEAN')
    throw new ParquetError('a page has runs, and its values are no booleans');
  return levelsOf(reader, count, 1).map((bit) => bit === 1);
}

function plain(reader: PageReader, count: number, column: ParquetColumn): ArrayLike<StoredValue> {
  // hyparquet makes a list of so many values before it reads the first of them.
  const bits = column.stored === 'BOOLEAN' ? 1 : 8;
  if (count * bits > (reader.view.byteLength - reader.offset) * 8) {
    throw new ParquetError('a page is shorter than its values');
  }
  return readPlain(reader, storedAs(column), count, column.length);
}

function storedAs({ stored }: ParquetColumn) {
  if (stored === undefined) throw new ParquetError('a column has no type');
  return stored;
}
