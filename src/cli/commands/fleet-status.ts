import type { Database } from '../../fleet/database.ts';
import { ShardQueue } from '../../fleet/jobs.ts';
import { findPlan, type Plan, plansIn, shardCounts } from '../../fleet/plans.ts';
import { countRecords, retryConditionFor } from '../../fleet/read/records.ts';
import { groupsOf } from '../../fleet/read/totals.ts';
import { requireSchema } from '../../fleet/schema.ts';
import { counted, formatCount } from '../../report/amounts.ts';
import { summary } from '../../report/summary.ts';
import { databaseUrl, nextCommand, withDatabase } from '../fleet.ts';
import { watchForInterruption } from '../interruption.ts';
import type { StatusOptionValues } from '../options/fleet.ts';

/**
 * Runs `flaghoist status` on a database: prints how far a plan is, or which plans there are. With
 * `--dashboard` it then serves the page of the plan until Ctrl-C.
 * @param place what stands in the directory's place
 * @throws UsageError; BrokenRunError
 */
export async function runFleetStatus(place: string, options: StatusOptionValues): Promise<void> {
  await withDatabase(databaseUrl(options, place), 'flaghoist status', async (database) => {
    await requireSchema(database);
    const plans = await plansIn(database);
    if (options.plan === undefined && plans.length > 1 && options.dashboard === undefined) {
      for (const plan of plans) process.stdout.write(`${await planLine(database, plan)}\n`);
      process.stdout.write('More about one of them: --plan NAME\n');
      return;
    }
    const plan = await findPlan(database, options.plan);
    process.stdout.write(`${await planLine(database, plan)}\n`);
    if (plan.state !== 'ready') return;
    process.stdout.write(summary({ groups: await groupsOf(database, plan.id) }));
    process.stdout.write(`\n${await leftToDo(database, plan)}`);
    if (options.dashboard !== undefined) await showPage(database, plan, options.dashboard);
  });
}

/** Serves the page of a plan until a signal, which changes nothing for the workers. */
async function showPage(database: Database, plan: Plan, port: number): Promise<void> {
  const { openFleetPage } = await import('../fleet-page.ts');
  using interruption = watchForInterruption();
  const { aborted: signal } = interruption;
  await using queue = await ShardQueue.open(database, plan.id);
  await using page = await openFleetPage(port, { database, queue, plan, signal });
  await page.stopped;
}

/** How far a plan is, in a line. */
async function planLine(database: Database, plan: Plan): Promise<string> {
  if (plan.state !== 'ready') {
    return `Plan ${plan.name} is not complete: its flaghoist plan is under way, or was interrupted.`;
  }
  const { shards, ended } = await shardCounts(database, plan.id);
  return `Plan ${plan.name}: ${counted(plan.rows, 'row')}, ${formatCount(ended)} of ${counted(shards, 'shard')} done.`;
}

async function leftToDo(database: Database, plan: Plan): Promise<string> {
  await using queue = await ShardQueue.open(database, plan.id);
  const { waiting, active, failed } = await queue.counts();
  const failures = await countRecords(database, retryConditionFor(plan.id, {}));
  const lines: string[] = [];
  if (active > 0) lines.push(`${counted(active, 'shard')} in the hands of workers.`);
  if (waiting > 0) {
    lines.push(`${counted(waiting, 'shard')} to download: ${nextCommand('work', plan)}`);
  }
  if (failed > 0) {
    lines.push(
      `${counted(failed, 'shard')} given up, after workers had died over each: ${nextCommand('retry', plan)}`,
    );
  }
  if (failures > 0) {
    lines.push(`${counted(failures, 'row')} to try again: ${nextCommand('retry', plan)}`);
  }
  if (lines.length === 0) lines.push('Nothing is left to do.');
  return lines.map((line) => `${line}\n`).join('');
}
