import { join } from 'node:path';
import { EVERY, LedgerReader } from '../../ledger/read/ledger-reader.ts';
import type { LedgerRecord } from '../../ledger/read/read-record.ts';
import { type Condition, parseWhere } from '../../ledger/read/where.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { hostLines, MOST_HOSTS, runLines } from '../../report/ledger-text.ts';
import { summary } from '../../report/summary.ts';
import { sinkPlace } from '../../save/sinks/open-sink.ts';
import { parseGetOptions } from '../options/get-options.ts';
import type { ReportOptions } from '../options/other-commands.ts';
import { readCondition } from '../options/read-condition.ts';
import { writeOutput } from '../output/write-output.ts';
import { checkBinary, writeRecords } from '../output/write-records.ts';

/**
 * Runs `flaghoist report`: writes what the ledger of a directory says, in full.
 * @throws UsageError for a condition; BrokenRunError when the ledger cannot be read, the file cannot
 *   be written, or the page is missing
 */
export async function runReport(directory: string, options: ReportOptions): Promise<void> {
  const { format, where, output } = options;
  const condition = where === undefined ? EVERY : readCondition(() => parseWhere(where));
  checkBinary(format, output);
  using reader = new LedgerReader(directory);
  if (format === 'text') return await writeOutput(textOf(reader, condition), output);
  if (format !== 'html') {
    return await writeRecords(recordsOf(reader, directory, condition), format, output);
  }
  const { reportPage } = await import('../output/report-page.ts');
  await writeOutput(reportPage(reader, { directory, condition, where }), output);
}

function* textOf(reader: LedgerReader, condition: Condition): Generator<string, void> {
  const { lastRun, isInUse } = reader;
  if (lastRun !== undefined) yield `${runLines(lastRun, isInUse)}\n`;
  yield summary({ groups: reader.groups(condition) });
  yield `\n${hostLines(reader.hosts(MOST_HOSTS, condition).top)}`;
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
