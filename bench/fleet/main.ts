// Many workers over one PostgreSQL database: `npm run bench:fleet`, or with the names of parts.
//
//   queue    claims and completions a second, records copied a second
//   kill     how soon a shard is with another worker after a kill -9
//   scale    1 worker beside 2 and 4, with servers that answer late
//   leases   leases of origins a second, and what they cost while nothing changes
//   soak     200,000 rows by 4 workers, each killed 20 times, and a restart of the database
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../test/support/postgres.ts';
import { measureKill } from './kill.ts';
import { measureLeases } from './leases.ts';
import { measureQueue } from './queue.ts';
import { measureScale } from './scale.ts';
import { soak } from './soak.ts';

/** Each takes a server's URL and an empty directory, and returns lines to print. */
const PARTS = {
  queue: measureQueue,
  kill: measureKill,
  scale: measureScale,
  leases: measureLeases,
  soak,
};

const asked = process.argv.slice(2);
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const closes: (() => Promise<void>)[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-bench-'));
  try {
    const postgres = await startPostgres({ after: (close) => closes.push(close) });
    for (const line of await measure(postgres, directory)) process.stdout.write(`${line}\n`);
  } finally {
    for (const close of closes) await close();
    await rm(directory, { recursive: true, force: true });
  }
}
