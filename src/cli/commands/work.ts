import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../fleet/database.ts';
import { DatabaseAwayError } from '../../fleet/database-errors.ts';
import { GRACE } from '../../fleet/grace.ts';
import { ShardQueue } from '../../fleet/jobs.ts';
import { FleetLimits } from '../../fleet/limits/fleet-limits.ts';
import { limitsOf } from '../../fleet/limits/limits-of.ts';
import { storageOf } from '../../fleet/places.ts';
import { findPlan, type Plan } from '../../fleet/plans.ts';
import { groupsOf, tallyOf } from '../../fleet/read/totals.ts';
import { requireSchema, SCHEMA } from '../../fleet/schema.ts';
import { shardsAtATime, shareOf } from '../../fleet/work/share-settings.ts';
import { type EndedShard, runWorker } from '../../fleet/work/worker.ts';
import { WorkerProgress } from '../../fleet/work/worker-progress.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { RowGroup } from '../../model/row-group.ts';
import { count, EMPTY_TALLY, type Tally, total } from '../../observe/tally.ts';
import { counted, formatTime } from '../../report/amounts.ts';
import { doneLine } from '../../report/json.ts';
import { summary } from '../../report/summary.ts';
import { openStorage } from '../../storage/open-storage.ts';
import { EXIT, EXIT_OF_SIGNAL } from '../command.ts';
import { databaseUrl, nextCommand, plannedOptions, withDatabase } from '../fleet.ts';
import { StopRules, watchForInterruption } from '../interruption.ts';
import type { WorkOptionValues } from '../options/fleet.ts';
import { GET_OPTIONS, type GetOptions } from '../options/get-options.ts';
import { replaceValues } from '../options/option.ts';
import { keepMemoryLow } from '../process-limits.ts';
import { runSettingsOf } from '../run-input.ts';

/**
 * How long a statement of a worker may take, in ms: it records a shard in less than a second. One that takes
 * longer is on a connection that has gone silent, and is tried again on another one.
 */
const STATEMENT_DEADLINE = 60_000;

/** The options of get on this command line, and all of its arguments. */
interface Given {
  readonly options: Partial<GetOptions>;
  readonly arguments: readonly string[];
}

/**
 * Runs `flaghoist work`: downloads shards of a plan until all have ended, and sets the exit code.
 * @throws UsageError; BrokenRunError
 */
export async function runWork(options: WorkOptionValues, given: Given): Promise<void> {
  const url = databaseUrl(options);
  const { availableProcesses } = await import('../processes.ts');
  const processes = options.processes === 'auto' ? availableProcesses() : options.processes;
  if (processes > 1) return await workInProcesses(processes, url, options, given);
  const work = (database: Database) => workIn(database, options, given);
  await withDatabase(url, 'flaghoist work', work, STATEMENT_DEADLINE);
}

/** Runs the work in several processes, and prints the summary of all of them. */
async function workInProcesses(
  processes: number,
  url: string,
  options: WorkOptionValues,
  given: Given,
): Promise<void> {
  const { runProcesses } = await import('../processes.ts');
  // An error that each process would meet is reported once.
  await withDatabase(url, 'flaghoist work', (database) => readyPlan(database, options));
  const { dashboard } = options;
  const run = () => runProcesses(processes, given.arguments, { FLAGHOIST_DATABASE: url });
  process.exitCode =
    dashboard === undefined
      ? await run()
      : await withDatabase(url, 'flaghoist work', async (database) => {
          const plan = await readyPlan(database, options);
          await using queue = await ShardQueue.open(database, plan.id);
          await using _page = await openPage(dashboard, { database, queue, plan });
          return await run();
        });
  await withDatabase(url, 'flaghoist work', async (database) => {
    const plan = await readyPlan(database, options);
    printTotals(await groupsOf(database, plan.id), options);
  });
}

/** Serves the page of the plan until disposal, which says whether all of its shards have ended. */
async function openPage(
  port: number,
  fleet: { readonly database: Database; readonly queue: ShardQueue; readonly plan: Plan },
): Promise<AsyncDisposable> {
  const { openFleetPage } = await import('../fleet-page.ts');
  const page = await openFleetPage(port, fleet);
  page.stopped.catch((error: unknown) => {
    // The work goes on without the page.
    process.stderr.write(`flaghoist: the live page shows nothing new: ${messageOf(error)}\n`);
  });
  return page;
}

/** The plan to work on. @throws BrokenRunError when it is not there, or not written to its end */
async function readyPlan(database: Database, options: WorkOptionValues): Promise<Plan> {
  await requireSchema(database);
  const plan = await findPlan(database, options.plan);
  if (plan.state === 'ready') return plan;
  throw new BrokenRunError(
    `the plan ${plan.name} is not complete: run its flaghoist plan again, and it goes on`,
  );
}

function printTotals(groups: readonly RowGroup[], { json, quiet }: WorkOptionValues): void {
  if (json) process.stdout.write(doneLine(tallyOf(groups)));
  else if (!quiet) process.stdout.write(summary({ groups }));
}

/** For a worker that was stopped: without a database that answers, it prints none. */
async function printTotalsSoon(
  database: Database,
  plan: Plan,
  options: WorkOptionValues,
): Promise<void> {
  try {
    printTotals(await groupsOf(database.within(GRACE), plan.id), options);
  } catch (error) {
    if (!(error instanceof DatabaseAwayError)) throw error;
  }
}

async function workIn(database: Database, options: WorkOptionValues, given: Given): Promise<void> {
  const plan = await readyPlan(database, options);
  const merged = replaceValues<GetOptions>(GET_OPTIONS, optionsOf(plan), runOptions(given.options));
  const whole = await runSettingsOf(merged, []);
  const shards = shardsAtATime(whole, options.shards);
  keepMemoryLow();
  await using scratch = await openScratch(options.directory);
  await using storage = await openStorage(storageOf(plan.sink), { s3: whole.s3 });
  const name = `${hostname()}:${process.pid}`;
  await using queue = await ShardQueue.open(database, plan.id, { supervise: true, instance: name });
  await using _page =
    options.dashboard === undefined || options.isPart
      ? undefined
      : await openPage(options.dashboard, { database, queue, plan });
  await using fleet = new FleetLimits(database, SCHEMA);
  using interruption = watchForInterruption();
  const { maxFailures: limit, runTimeout } = merged;
  using rules = new StopRules(interruption, { limit, runTimeout });
  let tally: Tally = EMPTY_TALLY;
  const onOutcome = (outcome: Outcome) => {
    tally = count(tally, outcome);
    rules.check(tally, outcome);
  };
  const notes = notesOf(database);
  const isDone = await allDone(shards, rules.signal, async (at, signal) => {
    const progress = new WorkerProgress();
    const own = at === 0 ? name : `${name}/${at + 1}`;
    await using limits = fleet.join({
      ...limitsOf(whole),
      ...{ name: own, plan: plan.id, state: () => progress.state },
      ...(at === 0 ? notes : {}),
    });
    return await runWorker({
      ...{ database, queue, plan, storage, name, limits, signal },
      settings: {
        ...shareOf(whole, { at, of: shards }),
        ...{ sink: undefined, activity: progress.activity },
      },
      scratch: scratch.path,
      onClaim: (claim) => progress.begin(claim),
      onOutcome: (outcome) => {
        progress.count(outcome);
        onOutcome(outcome);
      },
      onShard: (shard) => {
        progress.end();
        printShard(shard, options);
      },
    });
  });
  const { why } = rules;
  if (why !== undefined) process.stderr.write(`flaghoist: stopped: ${why}\n`);
  if (interruption.signal !== undefined) {
    process.exitCode = EXIT_OF_SIGNAL[interruption.signal];
    if (!options.isPart) await printTotalsSoon(database, plan, options);
    return;
  }
  const groups = await groupsOf(database, plan.id);
  const all = tallyOf(groups);
  if (!options.isPart) printTotals(groups, options);
  if (rules.isBroken) process.exitCode = EXIT.broken;
  else if (!isDone && why === undefined) throw givenUp(plan, (await queue.counts()).failed);
  else if (!isDone || all.failed + all['not-found'] + all.cancelled > 0) {
    process.exitCode = EXIT.someFailed;
  }
}

/** The messages when the database does not answer, and when it answers again. */
function notesOf({ location }: Database) {
  return {
    onLost: () => {
      process.stderr.write(
        `flaghoist: the database ${location} does not answer: the requests end, and none starts until it does\n`,
      );
    },
    onBack: () => {
      process.stderr.write('flaghoist: the database answers again\n');
    },
  };
}

/**
 * Calls `work` several times at once. A failure of one stops the others, which give their shards back.
 * @returns whether each of them returned true: everything is done
 */
async function allDone(
  times: number,
  signal: AbortSignal,
  work: (at: number, signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const control = new AbortController();
  const either = AbortSignal.any([signal, control.signal]);
  const ends = await Promise.allSettled(
    Array.from({ length: times }, async (_, at) => {
      try {
        return await work(at, either);
      } catch (error) {
        control.abort(error);
        throw error;
      }
    }),
  );
  if (ends.some(({ status }) => status === 'rejected')) throw control.signal.reason;
  return ends.every((end) => end.status === 'fulfilled' && end.value);
}

/** The options that a worker may have of its own, and its run's. */
function runOptions(options: Partial<GetOptions>): Partial<GetOptions> {
  const own = new Set([
    'database',
    'plan',
    'processes',
    'shards',
    'directory',
    'json',
    'quiet',
    'isPart',
    'dashboard',
  ]);
  return Object.fromEntries(Object.entries(options).filter(([key]) => !own.has(key)));
}

/** The options of the plan. Says on stderr which secrets it has not kept. @throws BrokenRunError */
function optionsOf(plan: Plan): GetOptions {
  const { options, secrets } = plannedOptions(plan);
  if (secrets.length > 0) {
    process.stderr.write(
      `flaghoist: the plan had secrets, which are not kept (${secrets.join(', ')}); give them to each worker if needed\n`,
    );
  }
  return options;
}

function givenUp(plan: Plan, failed: number): BrokenRunError {
  return new BrokenRunError(
    `${counted(failed, 'shard')} of the plan ${plan.name} ended no attempt, of 50 each: look why workers die, then ${nextCommand('retry', plan)}`,
  );
}

function printShard(
  { claim, end, records, elapsed }: EndedShard,
  { json, quiet }: WorkOptionValues,
): void {
  const { shard, number: attempt, rows } = claim;
  let tally: Tally = EMPTY_TALLY;
  for (const { record } of records) tally = count(tally, record);
  if (json) {
    const { 'not-found': notFound, ...others } = tally;
    const line = { type: 'shard', shard, attempt, end, rows, ...others, notFound };
    process.stdout.write(`${JSON.stringify({ ...line, elapsed: Math.round(elapsed) })}\n`);
    return;
  }
  if (quiet && end === 'recorded') return;
  const what =
    end === 'recorded'
      ? `${counted(rows, 'row')}, ${total(tally) - tally.ok - tally.skipped} not done`
      : end === 'lost'
        ? 'another worker has it now'
        : 'given back';
  process.stderr.write(`flaghoist: shard ${shard}: ${what}, in ${formatTime(elapsed)}\n`);
}

/** A directory for temporary files, which is removed at the end unless it was given. */
async function openScratch(given: string | undefined): Promise<AsyncDisposable & { path: string }> {
  if (given !== undefined) return { path: given, async [Symbol.asyncDispose]() {} };
  const path = await mkdtemp(join(tmpdir(), 'flaghoist-work-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
