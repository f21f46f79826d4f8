import { ROW_FIELDS } from '../../model/row-fields.ts';
import { fieldName } from './row-json.ts';

type ColumnType = 'STRING' | 'INT64' | 'TIMESTAMP' | 'DOUBLE' | 'BOOLEAN';

const TYPES: Readonly<Record<string, ColumnType>> = {
  text: 'STRING',
  integer: 'INT64',
  ms: 'DOUBLE',
  flag: 'BOOLEAN',
};

/** The fields of a record, by what a shard's table calls them. */
const FIELDS: ReadonlyMap<string, ColumnType> = new Map([
  ['key', 'STRING'],
  ...ROW_FIELDS.map(({ name, type, isTime }): [string, ColumnType] => [
    fieldName(name),
    isTime ? 'TIMESTAMP' : (TYPES[type] ?? 'STRING'),
  ]),
]);

type RowFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What stands beside a shard. */
export interface ShardTables {
  readonly table: Uint8Array<ArrayBuffer>;
  readonly stats: string;
}

/**
 * Makes the table of a shard and its statistics.
 * @param lines what {@link rowJson} says of each row, a line each
 */
export async function tablesOf(lines: Uint8Array, times: ShardTimes): Promise<ShardTables> {
  const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString();
  const rows = text
    .split('\n')
    .slice(0, -1)
    .map((line): RowFacts => JSON.parse(line));
  return { table: await tableOf(rows), stats: statsOf(rows, times) };
}

/**
 * The table of a shard in Parquet: one line for each sample, and for each row that failed meanwhile. It has
 * all fields of a record, its moments as timestamps in ms of UTC, and the columns of the rows as texts. Loads
 * what writes Parquet.
 */
async function tableOf(rows: readonly RowFacts[]): Promise<Uint8Array<ArrayBuffer>> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const names = new Set(FIELDS.keys());
  for (const row of rows) for (const name in row) names.add(name);
  const columnData = [...names].map((name) => {
    const type = FIELDS.get(name) ?? 'STRING';
    return { name, type, nullable: true, data: rows.map((row) => stored(row[name], type)) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData, statistics: false }));
}

function stored(value: RowFacts[string], type: ColumnType): unknown {
  if (value === undefined || value === null) return null;
  if (type === 'TIMESTAMP') return new Date(Number(value));
  return type === 'INT64' ? BigInt(value) : value;
}

/** When a shard began and ended, in ms since the epoch. */
export interface ShardTimes {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What `00000_stats.json` says of a shard, in the words of img2dataset. */
function statsOf(rows: readonly RowFacts[], { startedAt, endedAt }: ShardTimes): string {
  const byReason: Record<string, number> = {};
  let successes = 0;
  let duplicates = 0;
  let bytes = 0;
  for (const { status, reason, bytes: length, duplicateOf } of rows) {
    const isDuplicate = typeof duplicateOf === 'string';
    const isSaved = status === 'ok' && !isDuplicate;
    const word = isSaved ? 'success' : isDuplicate ? 'duplicate' : String(reason ?? status);
    if (isDuplicate) duplicates++;
    byReason[word] = (byReason[word] ?? 0) + 1;
    if (!isSaved) continue;
    successes++;
    bytes += Number(length);
  }
  const stats = {
    count: rows.length,
    successes,
    failed_to_download: rows.length - successes - duplicates,
    bytes,
    duration: (endedAt - startedAt) / 1000,
    start_time: startedAt / 1000,
    end_time: endedAt / 1000,
    status_dict: byReason,
  };
  return `${JSON.stringify(stats, undefined, 2)}\n`;
}
