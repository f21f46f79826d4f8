import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Condition } from '../ledger/where.ts';
import { createCommand } from './command.ts';
import { whereCondition } from './where-option.ts';

/** Hosts that the text names. */
const MOST_HOSTS = 10;

interface ReportOptions {
  readonly format: 'text' | 'json' | 'csv';
  readonly where?: string;
}

/** `flaghoist report DIR`: what the ledger of a directory says, in full. */
export function reportCommand(): Command {
  return createCommand('report')
    .description('Report on every row of a directory.')
    .argument('<DIR>', 'the directory of the run')
    .addOption(
      new Option('--format <F>', 'text for a summary; json or csv for every row')
        .choices(['text', 'json', 'csv'])
        .default('text'),
    )
    .option('--where <CONDITION>', "json, csv: only such rows, as in 'status in (429, 503)'")
    .action(report);
}

/** @throws UsageError for a condition; BrokenRunError when the ledger cannot be read */
async function report(directory: string, { format, where }: ReportOptions): Promise<void> {
  const condition = where === undefined ? undefined : await whereCondition(where, '--where');
  const { LedgerReader } = await import('../ledger/ledger-reader.ts');
  using reader = new LedgerReader(directory);
  // Line by line, at the pace of whoever reads: a table of 20 million rows fits into no string.
  const lines = format === 'text' ? textOf(reader) : rowsOf(reader, directory, format, condition);
  await writeAll(lines);
}

async function* textOf(reader: LedgerReader): AsyncGenerator<string, void> {
  const { hostLines, runLines } = await import('../report/ledger-text.ts');
  const { summary } = await import('../report/summary.ts');
  const { lastRun, isInUse } = reader;
  if (lastRun !== undefined) yield `${runLines(lastRun, isInUse)}\n`;
  yield summary({ findings: reader.groups() });
  yield `\n${hostLines(reader.hosts(MOST_HOSTS))}`;
}

async function* rowsOf(
  reader: LedgerReader,
  directory: string,
  format: 'json' | 'csv',
  condition: Condition | undefined,
): AsyncGenerator<string, void> {
  const { CSV_HEADER, csvLine } = await import('../report/csv.ts');
  const { doneLine, rowLine } = await import('../report/json.ts');
  const { count, EMPTY_TALLY } = await import('../observe/tally.ts');
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

/** @throws what the lines throw; a reader that has gone away, as in `| head`, is no error */
async function writeAll(lines: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
