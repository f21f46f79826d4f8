import { mapAsCompleted } from '../../concurrency/index.ts';
import type { DownloadOptions } from '../../download-options.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { itemOf, type Row } from '../../model/item.ts';
import { safeLine } from '../../model/safe-text.ts';
import { openStorage } from '../../storage/open-storage.ts';
import type { Database } from '../database.ts';
import { ShardQueue } from '../jobs.ts';
import { shardName, storageOf } from '../places.ts';
import {
  addPlan,
  type NewPlan,
  type Plan,
  planNamed,
  removePlan,
  saveShard,
  shardsOf,
} from '../plans.ts';
import { migrate, SCHEMA } from '../schema.ts';
import { bucketOf, type FullBucket, OriginBuckets } from './origin-buckets.ts';
import { lineOf } from './row-shard.ts';
import { type NewShard, saveNewShard } from './save-shard.ts';

/** Shards that are compressed and stored at a time. */
const SAVED_AT_A_TIME = 4;

/** Options of {@link planList}. */
export interface PlanOptions extends NewPlan {
  /** How S3 is reached, where the sink is there. @default by the environment of this process */
  readonly s3?: DownloadOptions['s3'];
  /** Whether a plan with this name is removed first. @default false */
  readonly replace?: boolean | undefined;
  /** Ends it, with its reason. What was saved so far is used when it is called again. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each shard. */
  readonly onShard?: ((rows: number) => void) | undefined;
}

/** What was planned. */
export interface Planned {
  readonly plan: Plan;
  readonly shards: number;
  /** Whether it continues an interrupted `plan`. */
  readonly isResumed: boolean;
}

/**
 * Sorts the rows of a list into shards, stores those, and makes a job of each. Workers see the plan once all
 * of it is there. Memory does not grow with the list.
 *
 * After a kill the same call goes on: the list is read again, and shards that are stored already are not
 * stored again. A plan that fails before its first shard leaves nothing.
 *
 * @throws BrokenRunError for a plan of this name that is there already, for the database, and for a storage
 *   that does not take the shards; whatever `rows` throws; the reason of `signal`
 */
export async function planList(
  rows: AsyncIterable<Row>,
  database: Database,
  options: PlanOptions,
): Promise<Planned> {
  await migrate(database);
  const begun = await beginPlan(database, options);
  try {
    return await fillPlan(rows, database, { ...options, ...begun });
  } catch (error) {
    // An empty list, or a place that takes no files: there is nothing to go on with.
    const { plan } = begun;
    await removeEmpty(database, plan).catch(() => {
      // It stays, as after a kill: what ended the plan is more important.
    });
    throw error;
  }
}

async function removeEmpty(database: Database, plan: Plan): Promise<void> {
  if ((await shardsOf(database, plan.id)).length === 0) await removePlan(database, plan);
}

/** A plan in the database, which has all of its shards or some. */
interface BegunPlan {
  readonly plan: Plan;
  readonly isResumed: boolean;
}

async function fillPlan(
  rows: AsyncIterable<Row>,
  database: Database,
  options: PlanOptions & BegunPlan,
): Promise<Planned> {
  const { plan, isResumed } = options;
  await using storage = await openStorage(storageOf(plan.sink), {
    durable: true,
    s3: options.s3,
  });
  await using queue = await ShardQueue.open(database, plan.id);
  await queue.create();
  const before = await shardsOf(database, plan.id);
  const saving = {
    plan,
    storage,
    saved: new Map(before.map((shard) => [shard.number, shard])),
    note: (shard: NewShardFacts) =>
      database.patiently(() => saveShard(database, plan.id, shard), options.signal),
  };
  let total = 0;
  let shards = 0;
  const saved = mapAsCompleted(
    newShards(bucketsOf(rows, plan.shardRows)),
    (shard) => saveNewShard(shard, saving),
    { limit: SAVED_AT_A_TIME, signal: options.signal },
  );
  for await (const count of saved) {
    total += count;
    shards++;
    options.onShard?.(count);
  }
  // A list that has become shorter since makes fewer shards.
  for (const { number } of before.slice(shards)) await storage.remove(shardName(plan, number));
  await database.patiently(() => publish(database, queue, { plan, rows: total, shards }));
  return { plan: { ...plan, state: 'ready', rows: total }, shards, isResumed };
}

type NewShardFacts = Parameters<typeof saveShard>[2];

async function beginPlan(database: Database, options: PlanOptions): Promise<BegunPlan> {
  const before = await planNamed(database, options.name);
  if (before?.state === 'ready' && options.replace !== true) {
    throw new BrokenRunError(
      `the database ${database.location} has a plan ${safeLine(options.name)} already, with ${before.rows === 1 ? 'one row' : `${before.rows} rows`}: run it (flaghoist work), name another one with --plan, or plan anew with --replace`,
    );
  }
  if (before !== undefined && isSame(before, options) && before.state === 'planning') {
    return { plan: before, isResumed: true };
  }
  if (before !== undefined) await removePlan(database, before);
  return { plan: await addPlan(database, options), isResumed: false };
}

/** Whether the shards of an interrupted plan are of use. */
function isSame(plan: Plan, { sink, shardRows, arguments: args }: PlanOptions): boolean {
  return (
    plan.sink === sink &&
    plan.shardRows === shardRows &&
    JSON.stringify(plan.arguments) === JSON.stringify(args)
  );
}

async function* bucketsOf(
  rows: AsyncIterable<Row>,
  shardRows: number,
): AsyncGenerator<FullBucket, void, undefined> {
  const buckets = new OriginBuckets({ rows: shardRows });
  let position = 0;
  for await (const row of rows) {
    const item = itemOf(row, position);
    const full = buckets.add(bucketOf(item.url), lineOf(item, position++));
    if (full !== undefined) yield full;
  }
  yield* buckets.rest();
}

/** Numbers shards and rows in the order in which the buckets get full: the same for the same list. */
async function* newShards(
  buckets: AsyncIterable<FullBucket>,
): AsyncGenerator<NewShard, void, undefined> {
  let number = 0;
  let firstId = 0;
  for await (const { bucket, lines } of buckets) {
    yield { number: number++, origins: bucket, firstId, lines };
    firstId += lines.length;
  }
}

interface Finished {
  readonly plan: Plan;
  readonly rows: number;
  readonly shards: number;
}

/** Makes the plan visible: all jobs, and its state, in one transaction. */
async function publish(
  database: Database,
  queue: ShardQueue,
  { plan, rows, shards }: Finished,
): Promise<void> {
  await database.transaction(async (tx) => {
    const { rows: found } = await tx.query<{ state: string }>(
      `SELECT state FROM ${SCHEMA}.plans WHERE id = $1 FOR UPDATE`,
      [plan.id],
    );
    // A commit whose answer was lost has done it.
    if (found[0]?.state === 'ready') return;
    if (found[0] === undefined) {
      throw new BrokenRunError(`the plan ${safeLine(plan.name)} was replaced by another process`);
    }
    await tx.query(`DELETE FROM ${SCHEMA}.shards WHERE plan = $1 AND number >= $2`, [
      plan.id,
      shards,
    ]);
    const all = await shardsOf(tx, plan.id);
    const jobs = all.map(({ number, rows: count, origins }) => ({
      shard: number,
      rows: count,
      origins,
    }));
    await queue.insert(jobs, tx);
    const sql = `UPDATE ${SCHEMA}.plans SET state = 'ready', rows = $2 WHERE id = $1`;
    await tx.query(sql, [plan.id, rows]);
  });
}
