import type { Encoding } from 'hyparquet';
import { ParquetError } from './parquet-error.ts';
import { readThrift, ThriftEndError, type ThriftStruct } from './thrift.ts';

/** A page with its values, or the dictionary that pages after it refer to. */
export interface Page {
  readonly kind: 'data' | 'data2' | 'dictionary' | 'other';
  /** The bytes of the header, and those of the page as it is stored and unpacked. */
  readonly headerBytes: number;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly values: number;
  readonly encoding: Encoding;
  readonly isCompressed: boolean;
  /**
   * The levels before the values, of a page of the second kind: it does not compress them, and says their
   * length here. Other pages say it where the levels begin.
   */
  readonly repetitionBytes: number;
  readonly definitionBytes: number;
}

/** The longest page that is read, in bytes. Writers aim at 1 MiB; some make one page of a row group. */
export const MOST_PAGE_BYTES = 256 * 1024 * 1024;

/** The most values of a page. */
const MOST_PAGE_VALUES = 16 * 1024 * 1024;

/** The enums PageType and Encoding of parquet.thrift. */
const KINDS: readonly Page['kind'][] = ['data', 'other', 'dictionary', 'data2'];
const ENCODINGS: readonly (Encoding | undefined)[] = [
  'PLAIN',
  undefined,
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
];

/** The fields of PageHeader that have the header of each kind. */
const HEADER_OF = { data: 5, data2: 8, dictionary: 7, other: 6 } as const;

/**
 * Reads the header at the beginning of `bytes`.
 * @returns undefined if the bytes end before the header does
 * @throws ParquetError for what is no header, and for a page that claims more than is read
 */
export function readPageHeader(bytes: Buffer): Page | undefined {
  try {
    const { value, end } = readThrift(bytes);
    return checked(pageOf(value, end));
  } catch (error) {
    if (error instanceof ThriftEndError) return undefined;
    throw error;
  }
}

function pageOf(header: ThriftStruct, headerBytes: number): Page {
  const kind = KINDS[header.number(1)] ?? 'other';
  const sizes = { headerBytes, unpackedBytes: header.number(2), bytes: header.number(3) };
  const details = header.struct(HEADER_OF[kind]);
  if (kind === 'other' || details === undefined) {
    if (kind !== 'other') throw new ParquetError('a page has no header of its own');
    const encoding = 'PLAIN';
    return { kind, ...sizes, values: 0, encoding, isCompressed: false, ...NO_LEVELS };
  }
  const isSecond = kind === 'data2';
  const encoding = ENCODINGS[details.number(isSecond ? 4 : 2)];
  if (encoding === undefined) throw new ParquetError('a page has an encoding that is not known');
  return {
    kind,
    ...sizes,
    values: details.number(1),
    encoding,
    isCompressed: isSecond ? details.flag(7, true) : true,
    ...(isSecond
      ? { definitionBytes: details.number(5), repetitionBytes: details.number(6) }
      : NO_LEVELS),
  };
}

const NO_LEVELS = { definitionBytes: 0, repetitionBytes: 0 } as const;

function checked(page: Page): Page {
  const { bytes, unpackedBytes, values, repetitionBytes, definitionBytes } = page;
  const counts = [bytes, unpackedBytes, values, repetitionBytes, definitionBytes];
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 0)) {
    throw new ParquetError('a page has a size below 0');
  }
  const largest = Math.max(bytes, unpackedBytes);
  if (largest > MOST_PAGE_BYTES) {
    throw new ParquetError(
      `a page of ${largest} bytes, and at most ${MOST_PAGE_BYTES} are read: write the file with smaller pages`,
    );
  }
  if (values > MOST_PAGE_VALUES) {
    throw new ParquetError(
      `a page of ${values} values, and at most ${MOST_PAGE_VALUES} are read: write the file with smaller pages`,
    );
  }
  if (repetitionBytes + definitionBytes > Math.min(bytes, unpackedBytes)) {
    throw new ParquetError('a page is shorter than its levels');
  }
  return page;
}
