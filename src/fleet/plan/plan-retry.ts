import type { Condition } from '../../ledger/read/where.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import type { Database, Queries } from '../database.ts';
import type { ShardQueue } from '../jobs.ts';
import { type Plan, type Shard, saveShard, shardsOf } from '../plans.ts';
import { idsOf } from '../read/records.ts';
import { SCHEMA } from '../schema.ts';
import { type FullBucket, OriginBuckets } from './origin-buckets.ts';
import { readShard } from './read-shard.ts';
import { idOf, lineAgain } from './row-shard.ts';
import { saveNewShard } from './save-shard.ts';

/** Options of {@link planRetry}. */
export interface RetryOptions {
  readonly plan: Plan;
  readonly storage: ObjectStorage;
  readonly queue: ShardQueue;
  /** Which records: see `retryConditionFor`. */
  readonly condition: Condition;
}

/** What will be tried again. */
export interface PlannedRetry {
  readonly rows: number;
  readonly shards: number;
}

/**
 * Makes new shards of rows that have a record, and jobs of those. The rows come from their shards, with all
 * that the list said of them. A row keeps its record until the new one takes its place.
 *
 * All of it is one transaction: after a kill there is nothing to be seen of it.
 *
 * @throws BrokenRunError
 */
export function planRetry(database: Database, options: RetryOptions): Promise<PlannedRetry> {
  const { plan, queue } = options;
  return database.transaction(async (tx) => {
    // One at a time, since it gives numbers to shards.
    await tx.query(`SELECT 1 FROM ${SCHEMA}.plans WHERE id = $1 FOR UPDATE`, [plan.id]);
    const shards = await shardsOf(tx, plan.id);
    const jobs: { shard: number; rows: number; origins: number }[] = [];
    let number = (shards.at(-1)?.number ?? -1) + 1;
    for await (const { bucket, lines } of bucketsOf(tx, shards, options)) {
      const shard = { number: number++, origins: bucket, firstId: null, lines };
      const note = (saved: Shard) => saveShard(tx, plan.id, saved);
      await saveNewShard(shard, { ...options, saved: new Map(), note });
      await tx.query(
        `UPDATE ${SCHEMA}.records SET retry = $2 WHERE plan = $1 AND id = ANY ($3::bigint[])`,
        [plan.id, shard.number, lines.map(idOf)],
      );
      jobs.push({ shard: shard.number, rows: lines.length, origins: bucket });
    }
    await queue.insert(jobs, tx);
    return { rows: jobs.reduce((sum, { rows }) => sum + rows, 0), shards: jobs.length };
  });
}

async function* bucketsOf(
  queries: Queries,
  shards: readonly Shard[],
  { plan, storage, condition }: RetryOptions,
): AsyncGenerator<FullBucket, void, undefined> {
  const buckets = new OriginBuckets({ rows: plan.shardRows });
  for await (const { shard, ids } of byShard(idsOf(queries, condition), shards)) {
    const chosen = new Set(ids);
    for (const row of await readShard(storage, plan, shard.number)) {
      if (!chosen.has(row.id)) continue;
      const full = buckets.add(shard.origins, lineAgain(row));
      if (full !== undefined) yield full;
    }
  }
  yield* buckets.rest();
}

/** Ids in their order, by the shards that have their rows. */
async function* byShard(
  ids: AsyncIterable<number>,
  shards: readonly Shard[],
): AsyncGenerator<{ readonly shard: Shard; readonly ids: readonly number[] }, void, undefined> {
  const homes = shards.filter(({ firstId }) => firstId !== null);
  let at = 0;
  let found: number[] = [];
  const endOf = ({ firstId, rows }: Shard) => (firstId ?? 0) + rows;
  for await (const id of ids) {
    let home = homes[at];
    if (home !== undefined && id >= endOf(home)) {
      if (found.length > 0) yield { shard: home, ids: found };
      found = [];
      while (home !== undefined && id >= endOf(home)) home = homes[++at];
    }
    found.push(id);
  }
  const last = homes[at];
  if (last !== undefined && found.length > 0) yield { shard: last, ids: found };
}
