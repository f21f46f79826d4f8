import { randomBytes } from 'node:crypto';
import type { Job, PgBoss } from 'pg-boss';
import { moveOnAfter } from '../concurrency/index.ts';
import type { Database, Queries } from './database.ts';
import { GRACE } from './grace.ts';
import { JOBS_SCHEMA, SCHEMA } from './schema.ts';
import { Supervisor } from './supervisor.ts';

/** A job of the queue: a pointer to a row shard. It has no rows and no secrets. */
export interface ShardJob {
  readonly shard: number;
  readonly rows: number;
}

/** A shard that this process holds until it completes it, gives it back, or is silent for too long. */
export interface Claim extends ShardJob {
  /** Which try it is, from 1. */
  readonly number: number;
  /**
   * What no other attempt is called: the number, and a random word. A crash of a server that commits before
   * it writes (`synchronous_commit = off`), or a late replica, may give out the number twice.
   */
  readonly attempt: string;
  readonly job: Job<ShardJob>;
}

/** A worker that was not heard of for so long has lost its shards, in s. pg-boss takes no less than 10. */
const SILENCE = 10;

/** How often the queue is searched for shards of dead workers, in s, by one worker for all. */
const MONITOR_INTERVAL = 2;

/** A shard that has lost so many workers is likely to be what kills them. */
const MOST_ATTEMPTS = 50;

const YEAR = 365 * 24 * 3600;

/** How many jobs are inserted by one statement. */
const CHUNK = 5_000;

/**
 * The queue of a plan's shards, kept by pg-boss in the same database.
 *
 * pg-boss counts the active jobs of a group before it takes one, so two that do that in the same moment
 * could take two shards of one group. An advisory lock puts them in line.
 */
export class ShardQueue implements AsyncDisposable {
  readonly #boss: PgBoss;
  readonly #database: Database;
  readonly #name: string;
  readonly #plan: number;
  readonly #supervisor: Supervisor | undefined;

  private constructor(
    boss: PgBoss,
    database: Database,
    plan: number,
    supervisor: Supervisor | undefined,
  ) {
    this.#supervisor = supervisor;
    this.#boss = boss;
    this.#database = database;
    this.#plan = plan;
    this.#name = `plan-${plan}`;
  }

  /**
   * @param options `supervise`: also return the shards of dead workers to the queue; `instance`: what
   *   pg-boss's list of instances calls this process
   */
  static async open(
    database: Database,
    plan: number,
    options: { readonly supervise?: boolean; readonly instance?: string } = {},
  ): Promise<ShardQueue> {
    const { PgBoss } = await import('pg-boss');
    const { supervise = false, instance } = options;
    const boss = new PgBoss({
      db: asDb(database),
      schema: JOBS_SCHEMA,
      schedule: false,
      supervise: false,
      monitorIntervalSeconds: MONITOR_INTERVAL,
      registerInstance: instance !== undefined,
      ...(instance === undefined ? {} : { instanceName: instance, instanceHeartbeatSeconds: 10 }),
      openTelemetry: { enabled: false },
    });
    // What its maintenance meets while the server is away is tried again by its next round.
    boss.on('error', () => {});
    await database.patiently(() => boss.start());
    const supervisor = supervise
      ? new Supervisor({
          database,
          supervise: () => boss.supervise(),
          interval: MONITOR_INTERVAL * 1_000,
          grace: SILENCE,
        })
      : undefined;
    return new ShardQueue(boss, database, plan, supervisor);
  }

  /** Makes the queue, if it is not there yet. */
  async create(): Promise<void> {
    await this.#boss.createQueue(this.#name, {
      heartbeatSeconds: SILENCE,
      retryLimit: MOST_ATTEMPTS - 1,
      retryDelay: 0,
      // A plan may wait for its workers, and a shard of a slow host may take long.
      retentionSeconds: 10 * YEAR,
      expireInSeconds: 24 * 3600,
      deleteAfterSeconds: 7 * 24 * 3600,
    });
  }

  /** Adds jobs, as a part of a transaction. */
  async insert(jobs: readonly (ShardJob & { readonly origins: number })[], tx: Queries) {
    for (let at = 0; at < jobs.length; at += CHUNK) {
      const chunk = jobs.slice(at, at + CHUNK).map(({ shard, rows, origins }) => ({
        data: { shard, rows },
        group: { id: groupName(origins) },
        expireInSeconds: YEAR,
      }));
      await this.#boss.insert(this.#name, chunk, { db: asDb(tx) });
    }
  }

  /**
   * Takes the next shard whose group no other worker has.
   * @returns undefined when no shard is free at the moment
   */
  claim(): Promise<Claim | undefined> {
    return this.#database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`${SCHEMA} ${this.#name}`]);
      const [job] = await this.#boss.fetch<ShardJob>(this.#name, {
        groupConcurrency: 1,
        db: asDb(tx),
      });
      if (job === undefined) return undefined;
      const number = job.retryCount + 1;
      return { ...job.data, number, attempt: `${number}-${randomBytes(4).toString('hex')}`, job };
    });
  }

  /**
   * Says that the shard is still worked on.
   * @param deadline how long that may take, in ms
   * @returns whether this attempt still has it
   * @throws DatabaseAwayError
   */
  async touch({ job }: Claim, deadline: number): Promise<boolean> {
    const db = asDb(this.#database.within(deadline));
    return isDone(await this.#boss.touch(this.#name, attemptOf(job), { db }));
  }

  /** Completes this attempt, as a part of a transaction. @returns whether it still had the shard */
  async complete({ job }: Claim, tx: Queries): Promise<boolean> {
    return isDone(await this.#boss.complete(this.#name, attemptOf(job), null, { db: asDb(tx) }));
  }

  /** Gives the shard back: another worker may take it at once. */
  async giveBack({ job }: Claim, why: string): Promise<void> {
    const db = asDb(this.#database.within(GRACE));
    await this.#boss.fail(this.#name, attemptOf(job), { why }, { db });
  }

  /** Puts shards that were given up back into the queue. @returns how many */
  async revive(): Promise<number> {
    const sql = `SELECT id FROM ${JOBS_SCHEMA}.job WHERE name = $1 AND state = 'failed'`;
    const { rows } = await this.#database.query<{ id: string }>(sql, [this.#name]);
    if (rows.length === 0) return 0;
    await this.#boss.retry(
      this.#name,
      rows.map(({ id }) => id),
    );
    return rows.length;
  }

  /** The jobs by what becomes of them. */
  async counts(): Promise<JobCounts> {
    const sql = `SELECT count(*) FILTER (WHERE state < 'active') AS waiting,
        count(*) FILTER (WHERE state = 'active') AS active,
        count(*) FILTER (WHERE state = 'failed') AS failed
      FROM ${JOBS_SCHEMA}.job WHERE name = $1`;
    const { rows } = await this.#database.query<{
      waiting: number;
      active: number;
      failed: number;
    }>(sql, [this.#name]);
    return rows[0] ?? { waiting: 0, active: 0, failed: 0 };
  }

  /** The plan whose queue it is. */
  get plan(): number {
    return this.#plan;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervisor?.[Symbol.asyncDispose]();
    await moveOnAfter(GRACE, this.#boss.stop({ graceful: false, close: false }));
  }
}

/** The jobs of a plan's queue, without those that are complete. */
export interface JobCounts {
  /** For a worker. */
  readonly waiting: number;
  /** A worker has it. */
  readonly active: number;
  /** It was given up, after too many workers had died over it. */
  readonly failed: number;
}

/** The group of jobs whose rows have origins of one hash. */
function groupName(origins: number): string {
  return `origins-${origins}`;
}

function attemptOf({ id, retryCount }: Job<ShardJob>) {
  return { id, retryCount };
}

/** pg-boss says how many jobs it has affected, though its types do not. */
function isDone(response: object): boolean {
  return 'affected' in response && response.affected === 1;
}

/** Has pg-boss send its statements over our connections. */
function asDb(queries: Queries) {
  return {
    executeSql: (text: string, values: unknown[] = []) => queries.query(text, values),
  };
}
