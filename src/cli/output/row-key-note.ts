import { existsSync } from 'node:fs';
import { ledgerPath } from '../../ledger/folder.ts';
import { LedgerReader } from '../../ledger/read/ledger-reader.ts';
import type { RowKey } from '../../model/row-key.ts';

/**
 * What it means that a run identifies rows by another key than the last run in its directory.
 * @returns undefined when it does not
 * @throws BrokenRunError when there is a ledger that cannot be read
 */
export function rowKeyNote(directory: string, key: RowKey = 'url'): string | undefined {
  if (!existsSync(ledgerPath(directory))) return undefined;
  using reader = new LedgerReader(directory);
  const { rowKey: last = key } = reader;
  const count = last === key ? 0 : reader.count();
  if (count === 0) return undefined;
  const rows = count === 1 ? '1 row' : `${count} rows`;
  if (!key.startsWith('column ')) {
    return `earlier runs knew ${rows} by ${last}; this run knows them by ${key}`;
  }
  return `earlier runs knew ${rows} by ${last}; by ${key} nothing is known of them: this run takes all rows as new, and files that are there as those of other rows (--on-collision)`;
}
