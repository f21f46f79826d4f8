import { join } from 'node:path';
import { EVERY, LedgerReader } from '../../ledger/read/ledger-reader.ts';
import type { LedgerRecord } from '../../ledger/read/read-record.ts';
import { type Condition, parseWhere } from '../../ledger/read/where.ts';
import { WhereError } from '../../ledger/read/where-error.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { count, EMPTY_TALLY } from '../../observe/tally.ts';
import { CSV_HEADER, csvLine } from '../../report/csv.ts';
import { doneLine, rowLine } from '../../report/json.ts';
import { hostLines, runLines } from '../../report/ledger-text.ts';
import { summary } from '../../report/summary.ts';
import { sinkPlace } from '../../save/sinks/open-sink.ts';
import { parseGetOptions } from '../options/get-options.ts';
import type { ReportOptions } from '../options/other-commands.ts';
import { UsageError } from '../options/values.ts';
import { writeOutput } from '../output/write-output.ts';

/** Hosts that the text names. */
const MOST_HOSTS = 10;

/**
 * Runs `flaghoist report`: writes what the ledger of a directory says, in full.
 * @throws UsageError for a condition; BrokenRunError when the ledger cannot be read, the file cannot
 *   be written, or the page is missing
 */
export async function runReport(directory: string, options: ReportOptions): Promise<void> {
  const { format, where, output } = options;
  const condition = where === undefined ? EVERY : conditionIn(where);
  if (format === 'parquet') checkBinary(output);
  using reader = new LedgerReader(directory);
  if (format === 'text') return await writeOutput(textOf(reader, condition), output);
  if (format === 'parquet') {
    const { parquetPieces } = await import('../../report/parquet.ts');
    return await writeOutput(parquetPieces(recordsOf(reader, directory, condition)), output);
  }
  if (format !== 'html') {
    return await writeOutput(rowsOf(reader, directory, format, condition), output);
  }
  const { reportPage } = await import('../output/report-page.ts');
  await writeOutput(reportPage(reader, { directory, condition, where }), output);
}

/** @throws UsageError where bytes would be written to a terminal */
export function checkBinary(output: string | undefined): void {
  if ((output !== undefined && output !== '-') || !process.stdout.isTTY) return;
  throw new UsageError(
    '--format parquet is not for a terminal: name a file with --output, or redirect the output',
  );
}

/** @throws UsageError that says at which column the condition is wrong */
export function conditionIn(where: string): Condition {
  try {
    return parseWhere(where);
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    throw new UsageError(`--where: ${error.message}`, { cause: error });
  }
}

function* textOf(reader: LedgerReader, condition: Condition): Generator<string, void> {
  const { lastRun, isInUse } = reader;
  if (lastRun !== undefined) yield `${runLines(lastRun, isInUse)}\n`;
  yield summary({ groups: reader.groups(condition) });
  yield `\n${hostLines(reader.hosts(MOST_HOSTS, condition).top)}`;
}

function* rowsOf(
  reader: LedgerReader,
  directory: string,
  format: 'json' | 'csv',
  condition: Condition,
): Generator<string, void> {
  const line = format === 'csv' ? csvLine : rowLine;
  let tally = EMPTY_TALLY;
  if (format === 'csv') yield CSV_HEADER;
  for (const record of recordsOf(reader, directory, condition)) {
    tally = count(tally, record);
    yield line(record);
  }
  if (format === 'json') yield doneLine(tally);
}

/**
 * The records with paths that hold from the current directory, or with URLs in S3. The ledger's are relative
 * to its own directory, or to the prefix.
 */
function* recordsOf(
  reader: LedgerReader,
  directory: string,
  condition: Condition,
): Generator<LedgerRecord, void> {
  const bucket = bucketOf(reader);
  const whole = (path: string) =>
    bucket === undefined ? join(directory, path) : `${bucket}/${path}`;
  for (const record of reader.records(condition)) {
    const { path, duplicateOf } = record;
    if (path === undefined) yield record;
    else if (duplicateOf === undefined) yield { ...record, path: whole(path) };
    else yield { ...record, path: whole(path), duplicateOf: whole(duplicateOf) };
  }
}

/** Where the last `get` saved, if that was in S3. */
function bucketOf(reader: LedgerReader): string | undefined {
  try {
    const { sink } = parseGetOptions(reader.lastArguments('get') ?? []);
    return sink !== undefined && /^(?:tar:)?s3:/i.test(sink) ? sinkPlace(sink).location : undefined;
  } catch (error) {
    if (error instanceof BrokenRunError) throw error;
    // The arguments are those of another version: files are taken to be in the directory.
    return undefined;
  }
}
