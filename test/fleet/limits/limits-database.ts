import { after } from 'node:test';
import { type Database, openDatabase } from '../../../src/fleet/database.ts';
import { limitTables } from '../../../src/fleet/limits/schema.ts';
import { startPostgres } from '../../support/postgres.ts';
import { SCHEMA } from './limits-schema.ts';

/** Starts a PostgreSQL server for a test file, whose database has the tables of limits. */
export async function startLimitsDatabase() {
  const server = await startPostgres({ after });
  const database = await openDatabase(server.url);
  after(() => database[Symbol.asyncDispose]());
  await database.query(`CREATE SCHEMA ${SCHEMA}`);
  await database.query(limitTables(SCHEMA));
  return { server, database };
}

/** The largest excess over the limit that the leases of an origin have together. */
export async function overshoot(database: Database, limit: number): Promise<number> {
  const { rows } = await database.query<{ most: number }>(
    `SELECT coalesce(max(taken), 0)::int AS most FROM (
       SELECT sum(share) AS taken FROM ${SCHEMA}.leases GROUP BY origin
     ) t`,
  );
  return Math.max(0, (rows[0]?.most ?? 0) - limit);
}
