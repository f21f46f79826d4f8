import type { RowRecord } from '../../model/row-fields.ts';
import { count, EMPTY_TALLY } from '../../observe/tally.ts';
import { CSV_HEADER, csvLine } from '../../report/csv.ts';
import { doneLine, rowLine } from '../../report/json.ts';
import { UsageError } from '../options/values.ts';
import { writeOutput } from './write-output.ts';

type Records = Iterable<RowRecord> | AsyncIterable<RowRecord>;

/**
 * Writes a table of rows.
 * @param file stdout when undefined, or `-`
 * @throws what `records` throws; BrokenRunError when the file cannot be written
 */
export async function writeRecords(
  records: Records,
  format: 'json' | 'csv' | 'parquet',
  file: string | undefined,
): Promise<void> {
  if (format !== 'parquet') return await writeOutput(linesOf(records, format), file);
  const { parquetPieces } = await import('../../report/parquet.ts');
  await writeOutput(parquetPieces(records), file);
}

/** @throws UsageError where bytes would be written to a terminal */
export function checkBinary(format: string, file: string | undefined): void {
  if (format !== 'parquet' || (file !== undefined && file !== '-') || !process.stdout.isTTY) return;
  throw new UsageError(
    '--format parquet is not for a terminal: name a file with --output, or redirect the output',
  );
}

async function* linesOf(
  records: Records,
  format: 'json' | 'csv',
): AsyncGenerator<string, void, undefined> {
  const line = format === 'csv' ? csvLine : rowLine;
  let tally = EMPTY_TALLY;
  if (format === 'csv') yield CSV_HEADER;
  for await (const record of records) {
    tally = count(tally, record);
    yield line(record);
  }
  if (format === 'json') yield doneLine(tally);
}
