import { ShardQueue } from '../../src/fleet/jobs.ts';
import { openDatabase } from '../../src/fleet/open-database.ts';
import { planList } from '../../src/fleet/plan/plan-list.ts';
import { commitShard } from '../../src/fleet/work/commit-shard.ts';
import type { FinalRecord } from '../../src/fleet/work/copy-records.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';

const ROWS = 1_000_000;
const SMALL_ROWS = 40_000;

/** Claims and completions a second, with a row each; and records a second, with shards of the usual size. */
export async function measureQueue(postgres: PostgresServer, directory: string): Promise<string[]> {
  await using database = await openDatabase(postgres.url);
  const work = async (name: string, rows: number, shardRows: number) => {
    const begun = performance.now();
    const plan = { name, arguments: [], sink: directory, shardRows };
    const planned = await planList(urls(rows), database, plan);
    const plannedIn = (performance.now() - begun) / 1000;
    await using queue = await ShardQueue.open(database, planned.plan.id);
    let claims = 0;
    let done = 0;
    let recording = 0;
    const began = performance.now();
    for (let claim = await queue.claim(); claim !== undefined; claim = await queue.claim()) {
      const records = recordsOf(claim.rows, done);
      const before = performance.now();
      await commitShard(database, queue, { claim, records, worker: 'bench' });
      recording += performance.now() - before;
      done += claim.rows;
      claims++;
    }
    const seconds = (performance.now() - began) / 1000;
    return { claims, plannedIn, perSecond: claims / seconds, records: done / (recording / 1000) };
  };
  const small = await work('small', SMALL_ROWS, 10);
  const large = await work('large', ROWS, 10_000);
  const { rows: sizes } = await database.query<{ table: number; index: number }>(
    `SELECT pg_table_size('flaghoist.records') AS table, pg_indexes_size('flaghoist.records') AS index`,
  );
  const [size = { table: 0, index: 0 }] = sizes;
  const perRecord = (bytes: number) => Math.round(bytes / (ROWS + SMALL_ROWS));
  return [
    `planned: ${Math.round(ROWS / large.plannedIn)} rows a second`,
    `claimed and completed, with their records: ${Math.round(small.perSecond)} shards of 10 rows a second, of ${small.claims}`,
    `recorded: ${Math.round(large.records)} records a second, in shards of some 4,000 to 10,000`,
    `a record takes ${perRecord(size.table)} bytes, and ${perRecord(size.index)} in indexes`,
  ];
}

async function* urls(count: number) {
  for (let i = 0; i < count; i++) yield `https://host${i % 1000}.example/photos/${i}.jpg`;
}

/** Records as a download makes them. */
function recordsOf(count: number, first: number): FinalRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    id: first + at,
    record: {
      index: first + at,
      url: `https://host${at % 1000}.example/photos/${first + at}.jpg`,
      status: 'ok',
      path: `list/000001/1-0123abcd/${first + at}.jpg`,
      bytes: 12_345 + at,
      httpStatus: 200,
      attempts: 1,
      etag: '"5f3c-62a1b2c3d4e5f"',
      lastModified: 'Sun, 29 Nov 2026 12:00:00 GMT',
      queued: 12.345,
      startedAt: 1_795_970_679_488,
      elapsed: 45.678,
      sent: 0.5,
      firstByte: 40.25,
      end: 45.5,
      contentType: 'image/jpeg',
      resolvedAddress: '192.0.2.10',
      savedAt: 1_795_970_679_534,
    },
  }));
}
