import { sleep } from '../../concurrency/index.ts';
import type { DownloadOptions } from '../../download-options.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { Outcome } from '../../model/outcome.ts';
import { safeLine } from '../../model/safe-text.ts';
import type { SharedLimits } from '../../schedule/shared-limits.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import type { Database } from '../database.ts';
import { DatabaseAwayError } from '../database-errors.ts';
import type { Claim, ShardQueue } from '../jobs.ts';
import { attemptFolder, shardFolder } from '../places.ts';
import { type Plan, plansIn, shardCounts } from '../plans.ts';
import { commitShard } from './commit-shard.ts';
import type { FinalRecord } from './copy-records.ts';
import { Heartbeat, LostShardError } from './heartbeat.ts';
import { runAttempt } from './run-attempt.ts';

/** What a worker works with. */
export interface WorkerContext {
  readonly database: Database;
  readonly queue: ShardQueue;
  readonly plan: Plan;
  readonly storage: ObjectStorage;
  readonly settings: DownloadOptions;
  /** A directory for files of its own. */
  readonly scratch: string;
  /** What its records call it: its host and process. */
  readonly name: string;
  /** Stops it: the shard in hand is given back. */
  readonly signal: AbortSignal;
  /** Limits that all workers keep together. @default undefined those of this worker alone */
  readonly limits?: SharedLimits | undefined;
  /** Called with each shard that it takes. */
  readonly onClaim?: ((claim: Claim) => void) | undefined;
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined;
  readonly onShard?: ((shard: EndedShard) => void) | undefined;
}

/** What came of an attempt. */
export interface EndedShard {
  readonly claim: Claim;
  /** `lost`: another worker has it, since this one was silent for too long. */
  readonly end: 'recorded' | 'given back' | 'lost';
  readonly records: readonly FinalRecord[];
  /** In ms. */
  readonly elapsed: number;
}

/** How long a worker waits when there is no shard for it at the moment, in ms: at first, and at most. */
const IDLE = { first: 500, longest: 2_000 };

/** How long the files of attempts that do not count are removed, in ms. */
const CLEANUP = 10_000;

/**
 * Takes shards of a plan and downloads them, until all of them have ended or `signal` stops it.
 * @returns whether all shards have ended
 * @throws BrokenRunError; whatever else ends the run, after the shard in hand was given back
 */
export async function runWorker(context: WorkerContext): Promise<boolean> {
  const { signal } = context;
  try {
    return await takeShards(context);
  } catch (error) {
    // It was stopped while it waited for the database.
    if (signal.aborted && error === signal.reason) return false;
    throw error;
  }
}

async function takeShards(context: WorkerContext): Promise<boolean> {
  const { database, queue, plan, signal } = context;
  let idle = IDLE.first;
  while (!signal.aborted) {
    const claim = await database.patiently(() => queue.claim(), signal);
    if (claim !== undefined) {
      context.onClaim?.(claim);
      await workOn(claim, context);
      idle = IDLE.first;
      continue;
    }
    // In this order: a shard that ends in between is still among the jobs.
    const { waiting, active } = await database.patiently(() => queue.counts(), signal);
    const { shards, ended } = await database.patiently(
      () => shardCounts(database, plan.id),
      signal,
    );
    if (shards === 0) await checkThere(database, plan);
    if (ended === shards) return true;
    // What is left was given up.
    if (waiting + active === 0) return false;
    await sleep(idle * (0.5 + Math.random() / 2), { signal });
    idle = Math.min(2 * idle, IDLE.longest);
  }
  return false;
}

/** @throws BrokenRunError when the plan was replaced by another `flaghoist plan` */
async function checkThere(database: Database, { id, name }: Plan): Promise<void> {
  const plans = await database.patiently(() => plansIn(database));
  if (plans.some((plan) => plan.id === id)) return;
  throw new BrokenRunError(
    `the plan ${safeLine(name)} was planned anew meanwhile (--replace): start flaghoist work again`,
  );
}

async function workOn(claim: Claim, context: WorkerContext): Promise<void> {
  const { database, queue, plan, limits, settings, name, onShard } = context;
  const began = performance.now();
  const ended = (end: EndedShard['end'], records: readonly FinalRecord[] = []) =>
    onShard?.({ claim, end, records, elapsed: performance.now() - began });
  const own = attemptFolder(plan, claim.shard, claim.attempt);
  using heartbeat = new Heartbeat(queue, claim);
  /** Whether the database may have the records, though its answer did not come. */
  let mayBeRecorded = false;
  try {
    const records = await runAttempt(claim, {
      ...context,
      signal: AbortSignal.any([context.signal, heartbeat.signal]),
      settings: { ...settings, sharedLimits: limits },
    });
    heartbeat.signal.throwIfAborted();
    if (records === undefined) {
      await giveBack(claim, context);
      return ended('given back');
    }
    const attempt = { claim, records, worker: name };
    mayBeRecorded = true;
    if (!(await commitShard(database, queue, attempt, context.signal))) {
      throw new LostShardError('another worker has the shard');
    }
    // Earlier attempts may have left files, which no record names.
    if (claim.number > 1) await cleanUp(context, shardFolder(plan, claim.shard), own);
    ended('recorded', records);
  } catch (error) {
    if (error instanceof LostShardError) {
      await cleanUp(context, own);
      return ended('lost');
    }
    await giveBack(claim, context, mayBeRecorded);
    throw error;
  }
}

/**
 * Another worker may take the shard at once. Without a server it gets it when this one is silent.
 * @param keepFiles whether records may name the files. If none does, the next attempt removes them
 */
async function giveBack(claim: Claim, context: WorkerContext, keepFiles = false): Promise<void> {
  try {
    await context.queue.giveBack(claim, 'the worker stopped');
  } catch (error) {
    if (!(error instanceof DatabaseAwayError)) throw error;
  }
  if (keepFiles) return;
  await cleanUp(context, attemptFolder(context.plan, claim.shard, claim.attempt));
}

/** Removes the files in a folder, except for those in a folder within it. What is left harms nothing. */
async function cleanUp({ storage }: WorkerContext, folder: string, except?: string): Promise<void> {
  const until = performance.now() + CLEANUP;
  try {
    for await (const { name } of storage.list(folder)) {
      if (performance.now() > until) return;
      if (except === undefined || !name.startsWith(except)) await storage.remove(name);
    }
  } catch {
    // The storage may be what broke the attempt. The files are of no record, so nothing depends on them.
  }
}
