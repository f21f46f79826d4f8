import { partsFolder } from '../../ledger/folder.ts';
import { EVERY, LedgerReader } from '../../ledger/read/ledger-reader.ts';
import { type Condition, parseWhere } from '../../ledger/read/where.ts';
import { forgetRows } from '../../ledger/write/forget-rows.ts';
import { partKey, removeParts } from '../../save/files/parts.ts';
import type { ForgetOptions } from '../options/other-commands.ts';
import { readCondition } from '../options/read-condition.ts';
import { UsageError } from '../options/values.ts';

/**
 * Runs `flaghoist forget`: drops rows from the ledger of a directory, and what has come of files that are
 * not whole. Whole files stay.
 * @throws UsageError; BrokenRunError when there is no ledger, or a run is using the directory
 */
export async function runForget(directory: string, options: ForgetOptions): Promise<void> {
  const { where, all, dryRun } = options;
  if (where === undefined && all === undefined) {
    throw new UsageError('say which rows with --where CONDITION, or --all');
  }
  const condition = where === undefined ? EVERY : readCondition(() => parseWhere(where));
  const count = dryRun ? counted(directory, condition) : await forget(directory, condition);
  const rows = count === 1 ? '1 row' : `${count} rows`;
  process.stdout.write(
    dryRun ? `${rows} would be forgotten.\n` : `${rows} forgotten. Files stay as they are.\n`,
  );
}

function counted(directory: string, condition: Condition): number {
  using reader = new LedgerReader(directory);
  return reader.count(condition);
}

async function forget(directory: string, condition: Condition): Promise<number> {
  const keys = new Set<string>();
  const count = forgetRows(directory, condition, (row) => {
    // Only rows that are not done have parts.
    if (row.status === 'failed' || row.status === 'cancelled') keys.add(partKey(row));
  });
  await removeParts(partsFolder(directory), keys);
  return count;
}
