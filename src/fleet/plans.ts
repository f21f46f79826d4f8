import { BrokenRunError } from '../model/broken-run-error.ts';
import { safeLine } from '../model/safe-text.ts';
import type { Database, Queries } from './database.ts';
import { JOBS_SCHEMA, SCHEMA } from './schema.ts';

/** A list that was planned. */
export interface Plan {
  readonly id: number;
  readonly name: string;
  /** `planning` until all of its shards are there. */
  readonly state: 'planning' | 'ready';
  /** In ms since the epoch. */
  readonly createdAt: number;
  /** The command line of `flaghoist plan`, with secrets hidden. */
  readonly arguments: readonly string[];
  /** Where its files go, as for `--sink`; a directory is an absolute path. */
  readonly sink: string;
  /** Rows of a shard, at most. */
  readonly shardRows: number;
  /** Rows of the list; 0 until it is ready. */
  readonly rows: number;
}

/** What {@link addPlan} is given. */
export type NewPlan = Pick<Plan, 'name' | 'arguments' | 'sink' | 'shardRows'>;

/** A row shard of a plan, as the database has it. */
export interface Shard {
  readonly number: number;
  /** The hash of its origins. Shards with the same one are worked on one after the other. */
  readonly origins: number;
  readonly rows: number;
  /** The id of its first row; null for a shard of `retry`, whose rows have theirs from other shards. */
  readonly firstId: number | null;
  /** Of its contents. */
  readonly digest: string;
}

const COLUMNS = `id, name, state, round(extract(epoch FROM created_at) * 1000)::bigint AS "createdAt",
  arguments, sink, shard_rows AS "shardRows", rows`;

/** The plans of a database, the oldest first. */
export async function plansIn(queries: Queries): Promise<Plan[]> {
  const { rows } = await queries.query<Plan>(`SELECT ${COLUMNS} FROM ${SCHEMA}.plans ORDER BY id`);
  return rows;
}

export async function planNamed(queries: Queries, name: string): Promise<Plan | undefined> {
  const sql = `SELECT ${COLUMNS} FROM ${SCHEMA}.plans WHERE name = $1`;
  return (await queries.query<Plan>(sql, [name])).rows[0];
}

/**
 * The plan with this name; without one, the only plan that there is.
 * @throws BrokenRunError that names the plans that there are
 */
export async function findPlan(database: Database, name: string | undefined): Promise<Plan> {
  const plans = await plansIn(database);
  const names = plans.map((plan) => safeLine(plan.name)).join(', ');
  const [only, second] = plans;
  if (only === undefined) {
    throw new BrokenRunError(
      `there is no plan in the database ${database.location}; make one: flaghoist plan -i LIST --database URL`,
    );
  }
  if (name === undefined && second === undefined) return only;
  const found = plans.find((plan) => plan.name === name);
  if (found !== undefined) return found;
  throw new BrokenRunError(
    name === undefined
      ? `the database ${database.location} has several plans: choose one with --plan: ${names}`
      : `the database ${database.location} has no plan ${safeLine(name)}; it has ${names}`,
  );
}

/** @returns the new plan, in the state `planning` */
export async function addPlan(queries: Queries, plan: NewPlan): Promise<Plan> {
  const sql = `INSERT INTO ${SCHEMA}.plans (name, state, arguments, sink, shard_rows)
    VALUES ($1, 'planning', $2, $3, $4) RETURNING ${COLUMNS}`;
  const values = [plan.name, JSON.stringify(plan.arguments), plan.sink, plan.shardRows];
  const { rows } = await queries.query<Plan>(sql, values);
  return rows[0] as Plan;
}

/** Takes a plan out of the database with everything that it has there. Files stay. */
export async function removePlan(database: Database, { id }: Pick<Plan, 'id'>): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(`DELETE FROM ${SCHEMA}.records WHERE plan = $1`, [id]);
    await tx.query(`DELETE FROM ${SCHEMA}.plans WHERE id = $1`, [id]);
    const there = await tx.query<{ there: boolean }>(
      `SELECT to_regclass('${JOBS_SCHEMA}.job') IS NOT NULL AS there`,
    );
    if (there.rows[0]?.there) {
      await tx.query(`DELETE FROM ${JOBS_SCHEMA}.job WHERE name = $1`, [`plan-${id}`]);
    }
  });
}

const SHARD_COLUMNS = 'number, origins, rows, first_id AS "firstId", digest';

export async function shardsOf(queries: Queries, plan: number): Promise<Shard[]> {
  const sql = `SELECT ${SHARD_COLUMNS} FROM ${SCHEMA}.shards WHERE plan = $1 ORDER BY number`;
  return (await queries.query<Shard>(sql, [plan])).rows;
}

/** Adds a shard, or replaces the one with its number. */
export async function saveShard(queries: Queries, plan: number, shard: Shard): Promise<void> {
  await queries.query(
    `INSERT INTO ${SCHEMA}.shards (plan, number, origins, rows, first_id, digest)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (plan, number) DO UPDATE SET origins = excluded.origins, rows = excluded.rows,
       first_id = excluded.first_id, digest = excluded.digest`,
    [plan, shard.number, shard.origins, shard.rows, shard.firstId, shard.digest],
  );
}

/** How far the shards of a plan are. */
export interface ShardCounts {
  readonly shards: number;
  readonly ended: number;
  /** Rows of the shards that have ended. */
  readonly rows: number;
}

export async function shardCounts(queries: Queries, plan: number): Promise<ShardCounts> {
  const sql = `SELECT count(*) AS shards, count(ended_at) AS ended,
      coalesce(sum(rows) FILTER (WHERE ended_at IS NOT NULL AND first_id IS NOT NULL), 0)::bigint AS rows
    FROM ${SCHEMA}.shards WHERE plan = $1`;
  const { rows } = await queries.query<ShardCounts>(sql, [plan]);
  return rows[0] ?? { shards: 0, ended: 0, rows: 0 };
}
