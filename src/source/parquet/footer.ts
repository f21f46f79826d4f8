import { ParquetError } from './parquet-error.ts';
import type { RandomFile } from './random-file.ts';
import { columnsOf, type ParquetColumn } from './schema.ts';
import { readThrift, type ThriftStruct } from './thrift.ts';
import { CODECS, type Codec } from './unpack-page.ts';

/** What the footer of a Parquet file says. */
export interface Footer {
  /** The number of rows of the file. */
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
}

/** Rows whose values are stored together, column by column. */
export interface RowGroup {
  readonly rows: number;
  /** Where the values of a column are. @throws ParquetError */
  chunk(column: ParquetColumn): Chunk;
}

/** The values of a column in a row group. */
export interface Chunk {
  readonly start: number;
  /** In bytes. */
  readonly length: number;
  readonly codec: Codec;
}

/** The last bytes of a file: the length of the footer, and `PAR1`. The first are `PAR1` too. */
const TAIL_BYTES = 8;
const MAGIC = 'PAR1';
const ENCRYPTED = 'PARE';

/** The longest footer that is read, in bytes. One of a thousand row groups with ten columns has 1 MB. */
const MOST_FOOTER_BYTES = 64 * 1024 * 1024;

const CUT_OFF =
  'is cut off, or still being written: a Parquet file ends with PAR1, and this one does not';

/**
 * Reads the footer of a Parquet file.
 * @throws ParquetError for what is no Parquet file, or cannot be read; the file system's errors
 */
export async function readFooter(file: RandomFile): Promise<Footer> {
  const length = await footerLength(file);
  return parsed(await file.read(file.size - TAIL_BYTES - length, length));
}

/** Whether a file begins as Parquet files do. @throws the file system's errors */
export async function beginsAsParquet(file: RandomFile): Promise<boolean> {
  if (file.size < MAGIC.length) return false;
  return (await file.read(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/**
 * How long the footer is, in bytes, by the end of the file: one that is cut off has none.
 * @throws as {@link readFooter}
 */
export async function footerLength(file: RandomFile): Promise<number> {
  if (file.size < MAGIC.length + TAIL_BYTES) throw new ParquetError(CUT_OFF);
  const tail = await file.read(file.size - TAIL_BYTES, TAIL_BYTES);
  const magic = tail.toString('latin1', 4);
  if (magic === ENCRYPTED) {
    throw new ParquetError('is encrypted, and cannot be read: decrypt it first');
  }
  if (magic !== MAGIC) throw new ParquetError(CUT_OFF);
  const length = tail.readUInt32LE(0);
  if (length > file.size - MAGIC.length - TAIL_BYTES) {
    throw new ParquetError(
      `is damaged: its footer should have ${length} bytes, and the file has ${file.size}`,
    );
  }
  if (length > MOST_FOOTER_BYTES) {
    throw new ParquetError(
      `has a footer of ${length} bytes, and at most ${MOST_FOOTER_BYTES} are read: write it with fewer row groups`,
    );
  }
  return length;
}

/** Fields of the struct FileMetaData (parquet.thrift). */
const SCHEMA = 2;
const ROWS = 3;
const ROW_GROUPS = 4;

function parsed(bytes: Buffer): Footer {
  try {
    const metadata = readThrift(bytes).value;
    const groups = metadata.structs(ROW_GROUPS).map(groupOf);
    const rows = countOf(metadata.number(ROWS));
    const inGroups = groups.reduce((sum, group) => sum + group.rows, 0);
    if (rows !== inGroups) throw new ParquetError(`${rows} rows, and ${inGroups} in row groups`);
    return { rows, columns: columnsOf(metadata.structs(SCHEMA)), groups };
  } catch (cause) {
    if (!(cause instanceof ParquetError)) throw cause;
    const what = 'is damaged: its footer makes no sense';
    throw new ParquetError(`${what} (${cause.message})`, { cause });
  }
}

function countOf(rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw new ParquetError(`${rows} rows`);
}

/** Of the struct RowGroup, and of ColumnChunk and ColumnMetaData below it. */
const GROUP = { columns: 1, rows: 3 } as const;
const CHUNK = { file: 1, metadata: 3, crypto: 8 } as const;
const COLUMN = { codec: 4, bytes: 7, dataStart: 9, dictionaryStart: 11 } as const;

function groupOf(struct: ThriftStruct): RowGroup {
  const chunks = struct.structs(GROUP.columns);
  return {
    rows: countOf(struct.number(GROUP.rows)),
    chunk: (column) => chunkOf(chunks[column.index], column),
  };
}

function chunkOf(chunk: ThriftStruct | undefined, { name }: ParquetColumn): Chunk {
  const metadata = chunk?.struct(CHUNK.metadata);
  if (chunk?.has(CHUNK.crypto)) {
    throw new ParquetError(`its column "${name}" is encrypted, and cannot be read`);
  }
  if (chunk?.has(CHUNK.file)) {
    throw new ParquetError(`has its column "${name}" in another file, which is not read`);
  }
  if (metadata === undefined) {
    throw new ParquetError(`is damaged: its footer does not say where the column "${name}" is`);
  }
  const codec = CODECS[metadata.number(COLUMN.codec)];
  if (codec === undefined)
    throw new ParquetError(`its column "${name}" is compressed in a way that is not known`);
  // Some writers state 0 for a dictionary that is not there.
  const dictionary = metadata.numberOr(COLUMN.dictionaryStart, 0);
  const data = metadata.number(COLUMN.dataStart);
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  return { start, length: metadata.number(COLUMN.bytes), codec };
}
