import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/fleet/database.ts';
import { LEASE_TIME, type LeaseRequest } from '../../src/fleet/limits/lease-table.ts';
import { PostgresLeases } from '../../src/fleet/limits/postgres-leases.ts';
import { openDatabase } from '../../src/fleet/open-database.ts';
import { migrate, SCHEMA } from '../../src/fleet/schema.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';

const WORKERS = 100;
const ORIGINS = 1_000;
const LIMIT = 200;
/** Origins in one transaction, as a worker has them. */
const BATCH = 500;
/** After so many ms, a change was heard of by all. */
const SETTLED = 2_500;
/** Batches under way at a time: as many as a process has connections. */
const AT_ONCE = 4;

/** What leases of origins cost: new ones, signs of life, and origins that many workers have rows for. */
export async function measureLeases({ url }: PostgresServer): Promise<string[]> {
  await using database = await openDatabase(url);
  await migrate(database);
  const runs = await Promise.all(Array.from({ length: WORKERS }, () => newRun(database)));
  const own = (worker: number, count: number) =>
    Array.from({ length: count }, (_, n) => `https://${worker}-${n}.example`);
  const hot = own(-1, 10);
  const each = <T>(work: (run: (typeof runs)[number], worker: number) => Promise<T>) =>
    inTurns(runs.map((run, worker) => () => work(run, worker)));

  const took = await timed(() => each(({ settle }, n) => settle(own(n, ORIGINS), 'take')));
  const beatAll = () => each(({ beat }) => beat());
  /** What is new is heard of in the first seconds. */
  const beatLater = async () => {
    await beatAll();
    await sleep(SETTLED);
    return await timed(beatAll);
  };
  const beat = await beatLater();
  const left = await timed(() => each(({ settle }, n) => settle(own(n, ORIGINS), 'leave')));
  const few = await timed(() => each(({ settle }, n) => settle(own(n, ORIGINS / WORKERS), 'take')));
  const fewBeat = await beatLater();
  const shared = await timed(() => each(({ settle }) => settle(hot, 'take')));
  const heard = await timed(beatAll);
  const leases = WORKERS * ORIGINS;
  const perSecond = (count: number, ms: number) => Math.round((count * 1000) / ms);
  return [
    `${leases} leases of ${ORIGINS} origins for each of ${WORKERS} workers: ${perSecond(leases, took)} a second, given back ${perSecond(leases, left)} a second`,
    `signs of life of ${WORKERS} workers with ${ORIGINS} leases each: ${Math.round(beat)} ms of each second`,
    `${ORIGINS} origins over ${WORKERS} workers: taken in ${Math.round(few)} ms, then ${Math.round(fewBeat)} ms of each second`,
    `${hot.length} origins that all ${WORKERS} workers have rows for: taken in ${Math.round(shared)} ms, heard of in ${Math.round(heard)} ms`,
  ];
}

async function newRun(database: Database) {
  const table = new PostgresLeases(database, { schema: SCHEMA, limit: LIMIT });
  const run = await table.register();
  const settle = async (origins: readonly string[], step: LeaseRequest['step']) => {
    for (let from = 0; from < origins.length; from += BATCH) {
      const requests = origins
        .slice(from, from + BATCH)
        .map((origin) => ({ origin, keep: 0, demand: 100, step, isNew: step === 'take' }));
      await table.settle(run, requests);
    }
  };
  return { settle, beat: () => table.beat(run) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  if (took > LEASE_TIME) throw new Error(`leases ran out: ${Math.round(took)} ms`);
  return took;
}

async function inTurns(works: (() => Promise<unknown>)[]): Promise<void> {
  const rest = works.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const work of rest) await work();
    }),
  );
}
