import { join } from 'node:path';
import { EVERY, LedgerReader } from '../../ledger/read/ledger-reader.ts';
import type { Condition } from '../../ledger/read/where.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import { count, EMPTY_TALLY } from '../../observe/tally.ts';
import { CSV_HEADER, csvLine } from '../../report/csv.ts';
import { doneLine, rowLine } from '../../report/json.ts';
import { hostLines, runLines } from '../../report/ledger-text.ts';
import { summary } from '../../report/summary.ts';
import { whereCondition } from '../options/where-option.ts';
import { writeOutput } from '../output/write-output.ts';
import type { ReportOptions } from './report.ts';

/** Hosts that the text names. */
const MOST_HOSTS = 10;

/**
 * Runs `flaghoist report`.
 * @throws UsageError for a condition; BrokenRunError when the ledger cannot be read, the file not be
 *   written, or the page is missing
 */
export async function runReport(directory: string, options: ReportOptions): Promise<void> {
  const { format, where, output } = options;
  const condition = where === undefined ? EVERY : await whereCondition(where, '--where');
  using reader = new LedgerReader(directory);
  if (format === 'text') return await writeOutput(textOf(reader), output);
  if (format !== 'html') {
    return await writeOutput(rowsOf(reader, directory, format, condition), output);
  }
  const { reportPage } = await import('../output/report-page.ts');
  await writeOutput(reportPage(reader, { directory, condition, where }), output);
}

function* textOf(reader: LedgerReader): Generator<string, void> {
  const { lastRun, isInUse } = reader;
  if (lastRun !== undefined) yield `${runLines(lastRun, isInUse)}\n`;
  yield summary({ groups: reader.groups() });
  yield `\n${hostLines(reader.hosts(MOST_HOSTS).top)}`;
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
  for (const record of reader.records(condition)) {
    tally = count(tally, record);
    yield line(placed(record, directory));
  }
  if (format === 'json') yield doneLine(tally);
}

/** A record's path is relative to the directory; whoever reads the report is elsewhere. */
function placed(record: LedgerRecord, directory: string): LedgerRecord {
  return record.path === undefined ? record : { ...record, path: join(directory, record.path) };
}
