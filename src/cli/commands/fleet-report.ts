import type { Database } from '../../fleet/database.ts';
import { shownPath } from '../../fleet/places.ts';
import { findPlan, type Plan } from '../../fleet/plans.ts';
import { conditionFor, hostsOf, recordsOf } from '../../fleet/read/records.ts';
import { groupsOf } from '../../fleet/read/totals.ts';
import { requireSchema } from '../../fleet/schema.ts';
import type { Condition } from '../../ledger/read/where.ts';
import type { RowRecord } from '../../model/row-fields.ts';
import { hostLines, MOST_HOSTS } from '../../report/ledger-text.ts';
import { summary } from '../../report/summary.ts';
import { databaseUrl, withDatabase } from '../fleet.ts';
import type { FleetOptionValues } from '../options/fleet.ts';
import type { ReportOptions } from '../options/other-commands.ts';
import { readCondition } from '../options/read-condition.ts';
import { UsageError } from '../options/values.ts';
import { writeOutput } from '../output/write-output.ts';
import { checkBinary, writeRecords } from '../output/write-records.ts';

/**
 * Runs `flaghoist report` on a database: writes what the records of a plan say.
 * @param place what stands in the directory's place
 * @throws UsageError; BrokenRunError
 */
export async function runFleetReport(
  place: string,
  options: ReportOptions & FleetOptionValues,
): Promise<void> {
  const { format, output } = options;
  if (format === 'html') {
    throw new UsageError(
      '--format html is for a directory; for a database: text, json, csv, parquet',
    );
  }
  checkBinary(format, output);
  const url = databaseUrl(options, place);
  await withDatabase(url, 'flaghoist report', async (database) => {
    await requireSchema(database);
    const plan = await findPlan(database, options.plan);
    const condition = readCondition(() => conditionFor(plan.id, options.where));
    if (format === 'text' && options.where !== undefined) {
      throw new UsageError(
        '--where is for every row of a database, not for its summary: add --format json, csv or parquet',
      );
    }
    if (format === 'text') return await writeOutput(textOf(database, plan), output);
    await writeRecords(shownRecords(database, plan, condition), format, output);
  });
}

async function* textOf(database: Database, plan: Plan): AsyncGenerator<string, void, undefined> {
  yield summary({ groups: await groupsOf(database, plan.id) });
  yield `\n${hostLines(await hostsOf(database, plan.id, MOST_HOSTS))}`;
}

/** The records with paths that hold from the current directory. */
async function* shownRecords(
  database: Database,
  plan: Plan,
  condition: Condition,
): AsyncGenerator<RowRecord, void, undefined> {
  const shown = (path: string | undefined) => path && shownPath(plan.sink, path);
  for await (const record of recordsOf(database, condition)) {
    yield { ...record, path: shown(record.path), duplicateOf: shown(record.duplicateOf) };
  }
}
