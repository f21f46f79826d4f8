import type { ParquetWriter } from 'hyparquet-writer';
import { ROW_FIELDS, type RowField, type RowRecord } from '../model/row-fields.ts';

/** Rows that are compressed together. Readers skip whole groups; memory is that of one. */
const ROWS_OF_GROUP = 20_000;

type Value = string | number | bigint | boolean | Date | null;
type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/**
 * A table of rows as a Parquet file, piece by piece. Its columns are the fields of a row, by their names in
 * JSON: text, 64-bit integers, doubles (ms), booleans, and timestamps in ms of UTC. Memory is that of
 * 20,000 rows, however many there are. It is compressed with Snappy, which all readers know.
 *
 * @throws what `records` throws
 * @example
 * for await (const bytes of parquetPieces(reader.records(EVERY))) await file.write(bytes);
 */
export async function* parquetPieces(
  records: Iterable<RowRecord> | AsyncIterable<RowRecord>,
): AsyncGenerator<Uint8Array, void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: SCHEMA, createdBy: 'flaghoist' });
  const take = (): Uint8Array => {
    const piece = writer.getBytes().slice();
    writer.index = 0;
    return piece;
  };
  let group = new RowGroup();
  for await (const record of records) {
    if (group.add(record) < ROWS_OF_GROUP) continue;
    file.write({ columnData: group.columns, rowGroupSize: ROWS_OF_GROUP });
    group = new RowGroup();
    yield take();
  }
  if (group.rows > 0) file.write({ columnData: group.columns, rowGroupSize: ROWS_OF_GROUP });
  file.finish();
  yield take();
}

/** The values of some rows, column by column. */
class RowGroup {
  readonly columns = ROW_FIELDS.map(({ name }) => ({ name, data: [] as Value[] }));
  rows = 0;

  /** @returns how many rows there are */
  add(record: RowRecord): number {
    for (const [i, field] of ROW_FIELDS.entries()) {
      this.columns[i]?.data.push(stored(record[field.name], field));
    }
    return ++this.rows;
  }
}

function stored(value: RowRecord[RowField['name']], { type, isTime }: RowField): Value {
  if (value === undefined) return null;
  if (typeof value !== 'number') return value;
  if (isTime) return new Date(value);
  return type === 'integer' ? BigInt(Math.round(value)) : value;
}

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  ms: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
} as const satisfies Record<string, Partial<Schema[number]>>;

const SCHEMA: Schema = [
  { name: 'root', num_children: ROW_FIELDS.length },
  ...ROW_FIELDS.map(({ name, type, isTime, presence }) => ({
    name,
    ...TYPES[isTime ? 'time' : type],
    repetition_type: presence === 'required' ? ('REQUIRED' as const) : ('OPTIONAL' as const),
  })),
];
