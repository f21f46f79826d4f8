// Slow: starts PostgreSQL
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../src/fleet/database.ts';
import type { LeaseRequest } from '../../../src/fleet/limits/lease-table.ts';
import { announcedOrigins, PostgresLeases } from '../../../src/fleet/limits/postgres-leases.ts';
import { overshoot, testsWithLimits } from './limits-database.ts';
import { LEASE_TIME, SCHEMA } from './limits-schema.ts';

const limitsTest = testsWithLimits();

const ORIGIN = 'http://a';
let origins = 0;
const newOrigin = () => `http://${++origins}`;

async function newRun(database: Database, limit = 4, rate?: number, leaseTime = LEASE_TIME) {
  const table = new PostgresLeases(database, { schema: SCHEMA, limit, rate, leaseTime });
  const run = await table.register();
  const settle = async (origin: string, request: Partial<LeaseRequest>) => {
    const whole = { origin, keep: 0, demand: 100, step: 'take', isNew: true, ...request } as const;
    return (await table.settle(run, [whole]))?.[0];
  };
  return { table, run, settle };
}

limitsTest(
  'PostgresLeases.settle: takes, keeps and gives back shares of an origin',
  async ({ database }) => {
    const origin = newOrigin();
    const [first, second] = [await newRun(database), await newRun(database)];
    const alone = await first.settle(origin, {});
    assert.deepEqual([alone?.share, alone?.claims, alone?.isUsed], [4, 1, false]);
    const none = await second.settle(origin, {});
    assert.deepEqual([none?.share, none?.claims, none?.free, none?.isUsed], [0, 2, 0, true]);
    const { changes } = await first.table.beat(first.run);
    assert.deepEqual(
      changes.map(({ origin, claims, level, isShort }) => ({ origin, claims, level, isShort })),
      [{ origin, claims: 2, level: 2, isShort: true }],
    );
    assert.equal((await first.settle(origin, { keep: 2, step: 'keep', isNew: false }))?.share, 2);
    assert.equal((await second.settle(origin, { isNew: false }))?.share, 2);
    assert.equal(await first.settle(origin, { step: 'leave', isNew: false }), undefined);
    assert.equal((await second.settle(origin, { keep: 2, isNew: false }))?.share, 4);
    await second.settle(origin, { step: 'leave', isNew: false });
    const left = await database.query(`SELECT FROM ${SCHEMA}.origins WHERE origin = $1`, [origin]);
    assert.equal(left.rowCount, 0);
  },
);

limitsTest(
  'PostgresLeases: the leases of a run end with its signs of life, by the clock of the database',
  async ({ database }) => {
    const origin = newOrigin();
    // The server runs for less than an hour, and soon for more than two seconds.
    const dead = await newRun(database);
    const patient = await newRun(database, 4, undefined, 3_600_000);
    const alive = await newRun(database, 4, undefined, 2_000);
    await dead.settle(origin, {});
    assert.equal((await patient.settle(origin, {}))?.share, 0);
    // Its last sign of life was long ago, and the server runs for longer than that.
    await database.query(
      `UPDATE ${SCHEMA}.workers SET expires_at = now() - interval '1 ms' WHERE id = $1`,
      [dead.run],
    );
    await patient.table.beat(patient.run);
    // A server that has just started waits for the runs that it knew before.
    assert.equal((await patient.settle(origin, { isNew: false }))?.share, 0);
    await patient.settle(origin, { step: 'leave', isNew: false });
    await whenUpFor(database, 2);
    await alive.table.beat(alive.run);
    await alive.settle(origin, {});
    await alive.table.beat(alive.run);
    assert.equal((await alive.settle(origin, { isNew: false }))?.share, 4);
    assert.equal((await dead.table.beat(dead.run)).isKnown, false);
    assert.equal(await dead.table.settle(dead.run, []), undefined);
  },
);

limitsTest(
  'PostgresLeases.report: a pause, a hold with one prober, its end, and an origin that is given up',
  async ({ database }) => {
    const origin = newOrigin();
    const [first, second] = [await newRun(database), await newRun(database)];
    for (const run of [first, second]) await run.settle(origin, {});
    const troubleOf = async ({ table, run }: typeof first) =>
      (await table.beat(run)).changes[0]?.trouble;
    await first.table.report(first.run, [{ kind: 'paused', origin, heldFor: 60_000 }]);
    // A shorter pause does not end a longer one.
    await second.table.report(second.run, [{ kind: 'paused', origin, heldFor: 1_000 }]);
    const paused = await troubleOf(second);
    assert.ok(paused !== undefined && paused.heldFor > 58_000 && paused.heldFor <= 60_000);
    assert.equal(paused.prober, undefined);
    await second.table.report(second.run, [{ kind: 'recovered', origin }]);
    assert.equal((await troubleOf(first))?.heldFor, 0);
    const held = { kind: 'held', origin, heldFor: 3_000, failingFor: 500 } as const;
    await first.table.report(first.run, [held]);
    await second.table.report(second.run, [{ ...held, heldFor: 9_000 }]);
    const probed = await troubleOf(second);
    assert.equal(probed?.prober, first.run);
    assert.ok(probed.heldFor <= 3_000 && probed.failingFor >= 500, JSON.stringify(probed));
    const reason = { reason: 'connect', message: "it's down" };
    await first.table.report(first.run, [
      { kind: 'down', origin, downFor: 5_000, failingFor: 900, ...reason },
    ]);
    await second.table.report(second.run, [held]);
    const down = await troubleOf(second);
    assert.ok(down !== undefined && down.downFor > 3_000);
    assert.deepEqual([down.reason, down.message], ['connect', "it's down"]);
  },
);

limitsTest(
  'PostgresLeases: what an operator writes into the table holds in place of the options',
  async ({ database }) => {
    const origin = newOrigin();
    const run = await newRun(database, 8, 100);
    await run.settle(origin, {});
    await run.table.beat(run.run);
    const sql = `INSERT INTO ${SCHEMA}.origins (origin, max_requests, rate) VALUES ($1, 2, 0.5)
    ON CONFLICT (origin) DO UPDATE SET max_requests = excluded.max_requests, rate = excluded.rate`;
    await database.query(sql, [origin]);
    const { changes } = await run.table.beat(run.run);
    assert.deepEqual([changes[0]?.limit, changes[0]?.rate], [2, 0.5]);
    assert.equal((await run.settle(origin, { keep: 2, isNew: false }))?.share, 2);
  },
);

limitsTest(
  'PostgresLeases: runs that come and go at a time never have more than the limit',
  async ({ database }) => {
    const shared = Array.from({ length: 12 }, newOrigin);
    const runs = await Promise.all(Array.from({ length: 6 }, () => newRun(database, 3)));
    let isDone = false;
    let worst = 0;
    const watch = (async () => {
      while (!isDone) worst = Math.max(worst, await overshoot(database, 4));
    })();
    await Promise.all(
      runs.map(async ({ table, run }, index) => {
        const shares = new Map<string, number>();
        for (let round = 0; round < 40; round++) {
          const some = shared.filter((_, n) => (n + round * (index + 1)) % 3 !== 0).reverse();
          const requests = some.map((origin): LeaseRequest => {
            const share = shares.get(origin);
            const step =
              share === undefined ? 'take' : (['take', 'keep', 'leave'] as const)[round % 3];
            const keep = step === 'leave' ? 0 : (share ?? 0) >> (round % 2);
            return { origin, keep, demand: 50, step: step ?? 'take', isNew: share === undefined };
          });
          const grants = (await table.settle(run, requests)) ?? [];
          for (const { origin, step } of requests) if (step === 'leave') shares.delete(origin);
          for (const { origin, share } of grants) shares.set(origin, share);
          if (round % 10 === 9) await table.beat(run);
        }
        await table.leave(run);
      }),
    );
    isDone = true;
    await watch;
    assert.equal(worst, 0);
    const left = await database.query(`SELECT FROM ${SCHEMA}.leases WHERE origin = ANY ($1)`, [
      shared,
    ]);
    assert.equal(left.rowCount, 0);
  },
);

limitsTest(
  'PostgresLeases: after a restart of the server no share is given until its runs are back',
  async ({ database, server }) => {
    const origin = newOrigin();
    const [before, after] = [await newRun(database), await newRun(database)];
    await before.settle(origin, { demand: 2 });
    // What follows a checkpoint may be lost.
    await database.query('CHECKPOINT');
    await server.restart();
    // As if the crash had lost the lease.
    await database.patiently(() =>
      database.query(`DELETE FROM ${SCHEMA}.leases WHERE origin = $1`, [origin]),
    );
    const late = await newRun(database);
    assert.equal((await late.settle(origin, {}))?.share, 0);
    // The first run of an origin hears that a share is free, or it would never ask again.
    const first = newOrigin();
    assert.equal((await late.settle(first, {}))?.share, 0);
    const { changes } = await late.table.beat(late.run);
    assert.equal(changes.find((news) => news.origin === first)?.free, 4);
    await after.table.beat(after.run);
    await before.table.beat(before.run);
    assert.equal((await before.settle(origin, { keep: 4, isNew: false }))?.share, 4);
    await database.query(
      `DELETE FROM ${SCHEMA}.workers WHERE beat_at < pg_postmaster_start_time()`,
    );
    await late.table.beat(late.run);
    assert.equal((await late.settle(origin, { isNew: false }))?.share, 0);
    await before.settle(origin, { step: 'leave', isNew: false });
    assert.equal((await late.settle(origin, { isNew: false }))?.share, 4);
  },
);

test('announcedOrigins: the origins of a notification, or that there are too many for one', () => {
  assert.deepEqual(announcedOrigins(`${ORIGIN} http://b`), [ORIGIN, 'http://b']);
  assert.equal(announcedOrigins(''), 'many');
});

/** Waits until the server runs for so many s. */
async function whenUpFor(database: Database, seconds: number): Promise<void> {
  await database.query(
    `SELECT pg_sleep(greatest(0, $1 + 0.05 - extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())))`,
    [seconds],
  );
}
