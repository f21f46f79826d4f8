import { ShardQueue } from '../../fleet/jobs.ts';
import { storageOf } from '../../fleet/places.ts';
import { planRetry } from '../../fleet/plan/plan-retry.ts';
import { findPlan } from '../../fleet/plans.ts';
import { retryConditionFor } from '../../fleet/read/records.ts';
import { requireSchema } from '../../fleet/schema.ts';
import { counted } from '../../report/amounts.ts';
import { openStorage } from '../../storage/open-storage.ts';
import { databaseUrl, nextCommand, plannedOptions, withDatabase } from '../fleet.ts';
import type { FleetOptionValues } from '../options/fleet.ts';
import type { RetrySelectionOptions } from '../options/other-commands.ts';
import { readCondition } from '../options/read-condition.ts';
import { UsageError } from '../options/values.ts';
import { runSettingsOf } from '../run-input.ts';

/**
 * Runs `flaghoist retry` on a database: makes shards of the rows to try again, for workers to download.
 * @param place what stands in the directory's place
 * @param given names of other options on this command line, which are for `work`
 * @throws UsageError; BrokenRunError
 */
export async function runFleetRetry(
  place: string,
  options: RetrySelectionOptions & FleetOptionValues,
  given: readonly string[],
): Promise<void> {
  if (given.length > 0) {
    throw new UsageError(
      `${given.join(', ')}: retry --database only chooses rows; give this to flaghoist work, which downloads them`,
    );
  }
  await withDatabase(databaseUrl(options, place), 'flaghoist retry', async (database) => {
    await requireSchema(database);
    const plan = await findPlan(database, options.plan);
    const { where, reason: reasons } = options;
    const condition = readCondition(() => retryConditionFor(plan.id, { where, reasons }));
    await using queue = await ShardQueue.open(database, plan.id);
    const { s3 } = await runSettingsOf(plannedOptions(plan).options, []);
    await using storage = await openStorage(storageOf(plan.sink), { durable: true, s3 });
    const revived = await queue.revive();
    const { rows, shards } = await planRetry(database, { plan, storage, queue, condition });
    if (revived > 0) {
      process.stdout.write(`${counted(revived, 'shard')} that workers had died over.\n`);
    }
    if (rows > 0) {
      process.stdout.write(
        `${counted(rows, 'row')} to try again, in ${counted(shards, 'shard')}.\n`,
      );
    }
    process.stdout.write(
      rows + revived === 0
        ? 'There is nothing to try again.\n'
        : `To download them: ${nextCommand('work', plan)}\n`,
    );
  });
}
