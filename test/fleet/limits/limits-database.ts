import { type TestContext, test } from 'node:test';
import type { Database } from '../../../src/fleet/database.ts';
import { limitTables } from '../../../src/fleet/limits/schema.ts';
import { openDatabase } from '../../../src/fleet/open-database.ts';
import { openForFile, type PostgresServer, skip, startPostgres } from '../../support/postgres.ts';
import { SCHEMA } from './limits-schema.ts';

/** A PostgreSQL server of a test file, whose database has the tables of limits. */
export interface LimitsDatabase {
  readonly server: PostgresServer;
  readonly database: Database;
}

/** `test` with such a database, skipped where PostgreSQL is not installed. The server is one for the file. */
export function testsWithLimits(): (
  name: string,
  run: (limits: LimitsDatabase, t: TestContext) => Promise<void>,
) => void {
  const limits = openForFile(async (t): Promise<LimitsDatabase> => {
    const server = await startPostgres(t);
    const database = await openDatabase(server.url);
    t.after(() => database[Symbol.asyncDispose]());
    await database.query(`CREATE SCHEMA ${SCHEMA}`);
    await database.query(limitTables(SCHEMA));
    return { server, database };
  });
  return (name, run) => test(name, { skip }, (t) => run(limits(), t));
}

/** By how many requests the leases of an origin are together above `limit`, at most. */
export async function overshoot(database: Database, limit: number): Promise<number> {
  const { rows } = await database.query<{ most: number }>(
    `SELECT coalesce(max(taken), 0)::int AS most FROM (
       SELECT sum(share) AS taken FROM ${SCHEMA}.leases GROUP BY origin
     ) t`,
  );
  return Math.max(0, (rows[0]?.most ?? 0) - limit);
}
