import { brokenLedger } from '../database-errors.ts';
import { ledgerPath } from '../folder.ts';
import { atRest, DirectoryLock, openForReading, openForWriting } from '../open-database.ts';
import { LedgerReader } from '../read/ledger-reader.ts';
import type { LedgerRecord } from '../read/read-record.ts';
import type { Condition } from '../read/where.ts';

/** Places beyond the last record would say of the next run's rows where others stood. */
const DROP_PLACES = 'DELETE FROM places WHERE first > (SELECT coalesce(max(id), 0) FROM records)';

/**
 * Drops the records that meet the condition. To later runs their rows are new; no file is touched.
 * @param onRow called for each of the records before it is dropped
 * @returns how many records were dropped
 * @throws BrokenRunError when there is no ledger, or a run is using the directory
 */
export function forgetRows(
  directory: string,
  condition: Condition,
  onRow: (record: LedgerRecord) => void,
): number {
  // First, since it says so when there is no ledger, and creates no files then.
  openForReading(directory).close();
  using _lock = DirectoryLock.acquire(directory);
  {
    using reader = new LedgerReader(directory);
    for (const record of reader.records(condition)) onRow(record);
  }
  const database = openForWriting(directory);
  try {
    database.exec('BEGIN IMMEDIATE');
    const { changes } = database
      .prepare(`DELETE FROM records WHERE id IN (SELECT id FROM rows WHERE ${condition.sql})`)
      .run(...condition.values);
    database.exec(`${DROP_PLACES}; COMMIT`);
    return Number(changes);
  } catch (error) {
    throw brokenLedger(ledgerPath(directory), error);
  } finally {
    atRest(database);
    database.close();
  }
}
