import { compressors } from 'hyparquet-compressors';
import { ParquetError } from './parquet-error.ts';

/** How the pages of a column are compressed: the enum CompressionCodec of parquet.thrift. */
export const CODECS = [
  'UNCOMPRESSED',
  'SNAPPY',
  'GZIP',
  'LZO',
  'BROTLI',
  'LZ4',
  'ZSTD',
  'LZ4_RAW',
] as const;
export type Codec = (typeof CODECS)[number];

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;

/**
 * Node's own decompressors are many times faster than those in JavaScript, and stop at the length that
 * they are given. The others are given a buffer of that length.
 */
const UNPACK: Readonly<Record<Codec, Unpack | undefined>> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY: unpackSnappy,
  GZIP: (bytes, length) => zlib().unzipSync(bytes, { maxOutputLength: length }),
  LZO: undefined,
  BROTLI: (bytes, length) => zlib().brotliDecompressSync(bytes, { maxOutputLength: length }),
  LZ4: compressors.LZ4,
  ZSTD: (bytes, length) => zlib().zstdDecompressSync(bytes, { maxOutputLength: length }),
  LZ4_RAW: compressors.LZ4_RAW,
};

/**
 * The bytes of a page, unpacked, in a buffer that has nothing else: hyparquet makes arrays on the whole of
 * a buffer, so what lies beside a page could become part of a value.
 *
 * @param length the length that the page has when it is unpacked; no more memory is taken
 * @throws ParquetError if it has another length, or its data is damaged
 */
export function unpackPage(bytes: Uint8Array, codec: Codec, length: number): Uint8Array {
  const unpack = UNPACK[codec];
  if (unpack === undefined)
    throw new ParquetError(`it is compressed with ${codec}, which is not read`);
  // Data of no bytes is not always a valid stream.
  if (length === 0) return new Uint8Array(0);
  const unpacked = unpacking(() => unpack(bytes, length));
  if (unpacked.length !== length) {
    throw new ParquetError(`a page has ${unpacked.length} bytes, and should have ${length}`);
  }
  const isAlone = unpacked.byteOffset === 0 && unpacked.buffer.byteLength === length;
  return isAlone ? unpacked : new Uint8Array(unpacked);
}

function unpacking(unpack: () => Uint8Array): Uint8Array {
  try {
    return unpack();
  } catch (cause) {
    throw new ParquetError('the compressed data of a page is damaged', { cause });
  }
}

/**
 * The decompressor reuses its memory, which still has earlier pages, so the page has to be as long as it
 * says.
 */
function unpackSnappy(bytes: Uint8Array, length: number): Uint8Array {
  if (snappyLength(bytes) !== length) throw new Error('another length than that of the page');
  const unpacked = compressors.SNAPPY?.(bytes, length);
  if (unpacked === undefined) throw new Error('there is no decompressor');
  return unpacked;
}

/** Snappy data begins with its length: groups of seven bits, lowest first. */
function snappyLength(bytes: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    const byte = bytes[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) break;
  }
  return length;
}

/** Loaded when it is needed. */
function zlib() {
  return process.getBuiltinModule('node:zlib');
}
