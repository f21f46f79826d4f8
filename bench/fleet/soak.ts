import { killWorkers } from '../../test/fleet/fleet-run.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';

const { FLEET_ROWS = '200000', FLEET_KILLS = '20' } = process.env;

/** 200,000 rows by 4 workers, each killed 20 times at random, and one restart of the database. */
export async function soak(postgres: PostgresServer, directory: string): Promise<string[]> {
  const figures = await killWorkers({
    ...{ postgres, directory },
    ...{ rows: Number(FLEET_ROWS), hosts: 100, shardRows: 500, workers: 4, perHost: 8, delay: 10 },
    kills: Number(FLEET_KILLS),
    lives: [500, 4_000],
    random: Math.random,
    restartAfter: 15_000,
    say: (line) => process.stdout.write(`${line}\n`),
  });
  return [`every row has one record, and every file its bytes: ${JSON.stringify(figures)}`];
}
