import type { Command } from 'commander';
import { createCommand } from '../command.ts';

/** `flaghoist status DIR`: what the ledger of a directory says, in short. */
export function statusCommand(): Command {
  return createCommand('status')
    .description('Say how the rows of a directory ended, and what is left to do.')
    .argument('<DIR>', 'the directory of the run')
    .action(status);
}

/** While a run is under way: it may not have read its list, and nothing else may run meanwhile. */
const STILL_UNKNOWN = 'What is left to do is known when the run has ended.\n';

/** @throws BrokenRunError when there is no ledger, or none that can be read */
async function status(directory: string): Promise<void> {
  // Only now: help and usage errors need none of it.
  const { LedgerReader } = await import('../../ledger/read/ledger-reader.ts');
  const { retryCondition } = await import('../../ledger/read/retry-rows.ts');
  const { leftLines, runLines } = await import('../../report/ledger-text.ts');
  const { summary } = await import('../../report/summary.ts');
  const { partsLeft } = await import('../parts-left.ts');

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
