import { absoluteSink } from '../../fleet/places.ts';
import { planList } from '../../fleet/plan/plan-list.ts';
import { safeArguments } from '../../model/safe-arguments.ts';
import { counted } from '../../report/amounts.ts';
import { EXIT_OF_SIGNAL } from '../command.ts';
import { databaseUrl, nextCommand, planNameOf, withDatabase } from '../fleet.ts';
import { watchForInterruption } from '../interruption.ts';
import type { PlanOptionValues } from '../options/fleet.ts';
import type { GetOptions } from '../options/get-options.ts';
import { UsageError } from '../options/values.ts';
import { runInputOf } from '../run-input.ts';

/**
 * Runs `flaghoist plan`: sorts the rows into shards, and makes a job of each.
 * @param args the command line, for the workers to take options from
 * @throws UsageError; BrokenRunError
 */
export async function runPlan(
  given: readonly string[],
  options: GetOptions & PlanOptionValues,
  args: readonly string[],
): Promise<void> {
  if (options.output === '-') throw new UsageError('--output - is for one URL, and not for a plan');
  const url = databaseUrl(options);
  const { rows, settings } = await runInputOf(given, options, args);
  const name = options.plan ?? planNameOf(options.input ?? []);
  const sink = absoluteSink(options.sink ?? options.directory);
  using interruption = watchForInterruption();
  const { aborted: signal } = interruption;
  try {
    const { plan, shards, isResumed } = await withDatabase(url, 'flaghoist plan', (database) =>
      planList(rows, database, {
        ...{ name, sink, signal, s3: settings.s3 },
        arguments: safeArguments(args),
        shardRows: options.shardRows,
        replace: options.replace,
      }),
    );
    const again = isResumed ? ' (continues an interrupted plan)' : '';
    process.stdout.write(
      `Plan ${plan.name}: ${counted(plan.rows, 'row')} in ${counted(shards, 'shard')}${again}.\n` +
        `To download them, on any machine: ${nextCommand('work', plan)}\n`,
    );
  } catch (error) {
    if (interruption.signal === undefined) throw error;
    process.stderr.write('flaghoist: interrupted; run the same command again, and it goes on\n');
    process.exitCode = EXIT_OF_SIGNAL[interruption.signal];
  }
}
