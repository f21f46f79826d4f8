import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { partsFolder } from '../../ledger/folder.ts';
import { LedgerReader } from '../../ledger/read/ledger-reader.ts';
import { retryCondition } from '../../ledger/read/retry-rows.ts';
import { unlessMissing } from '../../model/error-code.ts';
import { leftLines, runLines } from '../../report/ledger-text.ts';
import { summary } from '../../report/summary.ts';

/** Shown during a run: it may not have read its list to the end, and no other run can start. */
const STILL_UNKNOWN = 'What is left to do is known when the run has ended.\n';

/**
 * Runs `flaghoist status`: prints what the ledger of a directory says, in short.
 * @throws BrokenRunError when there is no ledger, or it cannot be read
 */
export async function runStatus(directory: string): Promise<void> {
  using reader = new LedgerReader(directory);
  const { isInUse, lastRun } = reader;
  const parts = await partsLeft(directory);
  const left = { directory, retriable: reader.count(retryCondition({})), parts };
  const isWhole = lastRun?.ending === 'complete';
  process.stdout.write(
    [
      lastRun === undefined ? '' : `${runLines(lastRun, isInUse)}\n`,
      `${summary({ groups: reader.groups() })}\n`,
      isInUse ? STILL_UNKNOWN : leftLines({ ...left, isWhole }),
    ].join(''),
  );
}

/** The unfinished files that earlier runs have left. */
async function partsLeft(directory: string): Promise<{ count: number; bytes: number }> {
  const folder = partsFolder(directory);
  let count = 0;
  let bytes = 0;
  for (const name of (await unlessMissing(readdir(folder))) ?? []) {
    if (!name.endsWith('.part')) continue;
    // A part may be finished or removed meanwhile.
    const stats = await unlessMissing(stat(join(folder, name)));
    if (stats === undefined) continue;
    count++;
    bytes += stats.size;
  }
  return { count, bytes };
}
