import type { RowRecord } from '../../model/row-fields.ts';
import type { Database } from '../database.ts';
import type { Claim, ShardQueue } from '../jobs.ts';
import { SCHEMA } from '../schema.ts';
import { copyRecords, type FinalRecord } from './copy-records.ts';

/** An attempt that has an outcome for each row of its shard. */
export interface FinishedAttempt {
  readonly claim: Claim;
  readonly records: readonly FinalRecord[];
  /** What the shard's record calls this worker. */
  readonly worker: string;
}

/** The attempt has lost its shard: the transaction is rolled back. */
class LostShard extends Error {
  override readonly name = 'LostShard';
}

/**
 * Makes an attempt's records the final ones and completes its job, in one transaction. So a row has one
 * record, whatever becomes of the worker, and however many attempts were made.
 *
 * @param signal ends the waiting for a server that is away
 * @returns false when the shard was given to another worker meanwhile: nothing was recorded
 * @throws as {@link Database.patiently}
 */
export async function commitShard(
  database: Database,
  queue: ShardQueue,
  attempt: FinishedAttempt,
  signal?: AbortSignal,
): Promise<boolean> {
  const { shard, attempt: name } = attempt.claim;
  return await database.patiently(async () => {
    try {
      await database.transaction(async (tx) => {
        // First of all, since it locks the job: no other worker can take the shard from here on.
        if (!(await queue.complete(attempt.claim, tx))) throw new LostShard();
        const place = { plan: queue.plan, shard };
        await dropReplaced(tx, place);
        await copyRecords(tx, attempt.records, place);
        for (const tally of talliesOf(attempt.records)) await addTally(tx, place, tally);
        await tx.query(
          `UPDATE ${SCHEMA}.shards SET attempt = $3, worker = $4, ended_at = now()
           WHERE plan = $1 AND number = $2`,
          [queue.plan, shard, name, attempt.worker],
        );
      });
      return true;
    } catch (error) {
      if (!(error instanceof LostShard)) throw error;
      // The answer to an earlier commit may have been lost with its connection.
      return await isCommitted(database, { plan: queue.plan, shard, name });
    }
  }, signal);
}

type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];

interface Place {
  readonly plan: number;
  readonly shard: number;
}

/** Takes away the records, and their share of the totals, that a shard of `retry` replaces. */
async function dropReplaced(tx: Tx, { plan, shard }: Place): Promise<void> {
  await tx.query(
    `WITH replaced AS (
       DELETE FROM ${SCHEMA}.records WHERE plan = $1 AND retry = $2
       RETURNING status, reason, bytes, url, message
     )
     INSERT INTO ${SCHEMA}.tallies (plan, shard, status, reason, rows, bytes, url, message)
     SELECT $1, $2, status, reason, -count(*), -sum(bytes), min(url), min(message)
     FROM replaced GROUP BY status, reason`,
    [plan, shard],
  );
}

/** Rows of a shard that ended in the same way, and one of them. */
interface Tally {
  readonly example: RowRecord;
  rows: number;
  bytes: number;
}

function talliesOf(records: readonly FinalRecord[]): Iterable<Tally> {
  const tallies = new Map<string, Tally>();
  for (const { record } of records) {
    const key = `${record.status} ${record.reason}`;
    const tally = tallies.get(key) ?? { example: record, rows: 0, bytes: 0 };
    tallies.set(key, tally);
    tally.rows++;
    tally.bytes += record.bytes;
  }
  return tallies.values();
}

async function addTally(tx: Tx, { plan, shard }: Place, tally: Tally): Promise<void> {
  const { status, reason, url, message } = tally.example;
  await tx.query(
    `INSERT INTO ${SCHEMA}.tallies (plan, shard, status, reason, rows, bytes, url, message)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [plan, shard, status, reason, tally.rows, tally.bytes, withoutNul(url), withoutNul(message)],
  );
}

/** No text of PostgreSQL has a NUL. */
function withoutNul(text: string | undefined): string | undefined {
  return text?.replaceAll('\0', '\ufffd').toWellFormed();
}

async function isCommitted(
  database: Database,
  { plan, shard, name }: Place & { readonly name: string },
): Promise<boolean> {
  const { rows } = await database.query<{ attempt: string }>(
    `SELECT attempt FROM ${SCHEMA}.shards WHERE plan = $1 AND number = $2 AND ended_at IS NOT NULL`,
    [plan, shard],
  );
  return rows[0]?.attempt === name;
}
