/** The tables of a fleet, in a schema of their own. docs/fleet.md says what they are for. */
import { BrokenRunError } from '../model/broken-run-error.ts';
import { ROW_FIELDS, type RowField } from '../model/row-fields.ts';
import type { Database, Queries } from './database.ts';
import { limitTables } from './limits/schema.ts';

/** The schema of the tables here. pg-boss has its own, {@link JOBS_SCHEMA}. */
export const SCHEMA = 'flaghoist';
export const JOBS_SCHEMA = 'flaghoist_jobs';

/** One migration at a time in a database: the key of its advisory lock, the letters `FLHO`. */
const MIGRATION_LOCK = 0x464c484f;

const SQL_TYPES = { text: 'text', integer: 'bigint', ms: 'double precision', flag: 'boolean' };

/** The columns of a record that are not a row's fields. */
export const OWN_COLUMNS = ['plan', 'id', 'shard'] as const;

/**
 * What each version adds to the one before. A database is brought up to date in one transaction, and
 * keeps the number of its last migration. To change the tables, add one at the end.
 *
 * - `plans`: a list that was planned, and the options of its run.
 * - `shards`: the row shards of a plan. `first_id` is the id of its first row; a shard of `retry` has rows of
 *   other shards, and no ids of its own. `attempt` is the one whose records count, once it has ended.
 * - `records`: the one final record of each row. `shard` is the one whose attempt wrote it. `retry` is the
 *   shard that will replace the record.
 * - `tallies`: what each shard adds to the totals, by how its rows ended. Those of a shard of `retry` also
 *   take away the rows that it replaced. So a status does not read the records.
 * - `workers`, `origins`, `leases`: limits/schema.ts.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE ${SCHEMA}.plans (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    state       text NOT NULL CHECK (state IN ('planning', 'ready')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    arguments   jsonb NOT NULL,
    sink        text NOT NULL,
    shard_rows  int NOT NULL,
    rows        bigint NOT NULL DEFAULT 0
  );
  CREATE TABLE ${SCHEMA}.shards (
    plan        int NOT NULL REFERENCES ${SCHEMA}.plans ON DELETE CASCADE,
    number      int NOT NULL,
    origins     int NOT NULL,
    rows        int NOT NULL,
    first_id    bigint,
    digest      text NOT NULL,
    attempt     text,
    worker      text,
    ended_at    timestamptz,
    PRIMARY KEY (plan, number)
  );
  CREATE TABLE ${SCHEMA}.tallies (
    plan        int NOT NULL REFERENCES ${SCHEMA}.plans ON DELETE CASCADE,
    shard       int NOT NULL,
    status      text NOT NULL,
    reason      text,
    rows        bigint NOT NULL,
    bytes       bigint NOT NULL,
    url         text NOT NULL,
    message     text
  );
  CREATE INDEX tallies_by_plan ON ${SCHEMA}.tallies (plan);
  CREATE TABLE ${SCHEMA}.records (
    plan        int NOT NULL,
    id          bigint NOT NULL,
    shard       int NOT NULL,
    retry       int,
    ${ROW_FIELDS.map(definition).join(',\n    ')},
    PRIMARY KEY (plan, id)
  );
  CREATE INDEX records_by_retry ON ${SCHEMA}.records (plan, retry) WHERE retry IS NOT NULL;`,
  limitTables(SCHEMA),
];

function definition({ column, type, presence }: RowField): string {
  return `${column} ${SQL_TYPES[type]}${presence === 'required' ? ' NOT NULL' : ''}`;
}

/**
 * Makes the schema and its tables, or brings them up to date. Any number of processes may do so at a time.
 * @throws BrokenRunError for the tables of a newer flaghoist, and as {@link Database.query}
 */
export async function migrate(database: Database): Promise<void> {
  if ((await versionOf(database)) === MIGRATIONS.length && !(await lacksColumns(database))) return;
  await database.transaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await client.query(`CREATE TABLE IF NOT EXISTS ${SCHEMA}.version (number int NOT NULL)`);
    const version = (await versionOf(client)) ?? 0;
    checkVersion(database, version);
    for (const sql of MIGRATIONS.slice(version)) await client.query(sql);
    await addMissingColumns(client);
    await client.query(`DELETE FROM ${SCHEMA}.version`);
    await client.query(`INSERT INTO ${SCHEMA}.version VALUES ($1)`, [MIGRATIONS.length]);
  });
}

/**
 * Checks that there is a plan's schema, and brings it up to date.
 * @throws BrokenRunError where nothing was planned yet; as {@link migrate}
 */
export async function requireSchema(database: Database): Promise<void> {
  if ((await versionOf(database)) === undefined) {
    throw new BrokenRunError(
      `there is no plan in the database ${database.location}; make one: flaghoist plan -i LIST --database URL`,
    );
  }
  await migrate(database);
}

function checkVersion({ location }: Database, version: number): void {
  if (version <= MIGRATIONS.length) return;
  throw new BrokenRunError(
    `the tables in the database ${location} are of a newer flaghoist (version ${version}, not ${MIGRATIONS.length}); install that one`,
  );
}

/** @returns undefined where there is no schema */
async function versionOf(queries: Queries): Promise<number | undefined> {
  const found = await queries.query<{ there: boolean }>(
    `SELECT to_regclass('${SCHEMA}.version') IS NOT NULL AS there`,
  );
  if (found.rows[0]?.there !== true) return undefined;
  const { rows } = await queries.query<{ number: number }>(`SELECT number FROM ${SCHEMA}.version`);
  return rows[0]?.number;
}

async function lacksColumns(queries: Queries): Promise<boolean> {
  return (await missingFields(queries)).length > 0;
}

/** A new field of a row is a new column, without a migration of its own. */
async function addMissingColumns(queries: Queries): Promise<void> {
  for (const { column, type } of await missingFields(queries)) {
    await queries.query(`ALTER TABLE ${SCHEMA}.records ADD COLUMN ${column} ${SQL_TYPES[type]}`);
  }
}

async function missingFields(queries: Queries): Promise<RowField[]> {
  const { rows } = await queries.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = '${SCHEMA}.records'::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  const there = new Set(rows.map(({ name }) => name));
  return ROW_FIELDS.filter(({ column }) => !there.has(column));
}
