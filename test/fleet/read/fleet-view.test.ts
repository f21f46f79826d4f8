// Slow: starts PostgreSQL
import assert from 'node:assert/strict';
import type { ShardQueue } from '../../../src/fleet/jobs.ts';
import { addPlan, saveShard } from '../../../src/fleet/plans.ts';
import { FleetView } from '../../../src/fleet/read/fleet-view.ts';
import { migrate, SCHEMA } from '../../../src/fleet/schema.ts';
import { testsWithLimits } from '../limits/limits-database.ts';

const limitsTest = testsWithLimits();

limitsTest(
  'FleetView: shards, totals, workers and origins, and how fast it goes',
  async ({ database }) => {
    await migrate(database);
    const { id } = await addPlan(database, {
      ...{ name: 'photos', arguments: ['plan'], sink: 'tar:/data', shardRows: 10 },
    });
    const plan = { id, name: 'photos', sink: 'tar:/data', rows: 30, createdAt: 1_000 };
    for (const number of [0, 1, 2]) {
      const shard = { number, origins: 1, rows: 10, firstId: number * 10, digest: '' };
      await saveShard(database, id, shard);
    }
    const counts = { waiting: 1, active: 1, failed: 0 };
    const queue = { counts: async () => counts } as ShardQueue;
    let now = 0;
    const view = new FleetView(database, queue, plan as never, () => now);
    const setWorker = (state: object) =>
      database.query(
        `INSERT INTO ${SCHEMA}.workers (id, name, plan, state, expires_at) OVERRIDING SYSTEM VALUE
       VALUES (7, 'host:1', $1, $2, now()) ON CONFLICT (id) DO UPDATE SET state = excluded.state`,
        [id, JSON.stringify(state)],
      );
    const tally = { ok: 5, skipped: 0, 'not-found': 1, failed: 0, cancelled: 0 };
    const state = { shard: 1, rows: 10, ended: 6, inFlight: 3, waiting: 1, received: 500, tally };
    await setWorker(state);
    await database.query(
      `INSERT INTO ${SCHEMA}.tallies VALUES ($1, 0, 'ok', NULL, 9, 900, 'http://a/1', NULL),
       ($1, 0, 'failed', 'http-404', 1, 0, 'http://a/2', '404 Not Found')`,
      [id],
    );
    await database.query(
      `UPDATE ${SCHEMA}.shards SET ended_at = now(), attempt = 1 WHERE number = 0`,
    );
    await database.query(
      `INSERT INTO ${SCHEMA}.origins (origin, hold_until, prober, down_until, message)
     VALUES ('http://a', NULL, NULL, NULL, NULL), ('http://b', now() + interval '1 min', 7, NULL, NULL),
       ('http://c', NULL, NULL, now() + interval '5 min', 'no answer'), ('http://left', NULL, NULL, NULL, NULL)`,
    );
    await database.query(
      `INSERT INTO ${SCHEMA}.leases VALUES ('http://a', 7, 4, 9), ('http://b', 7, 1, 2)`,
    );
    await view.look();
    const first = view.state('running');
    assert.deepEqual(first.shards, { waiting: 1, active: 1, failed: 0, done: 1 });
    assert.deepEqual([first.totals.ok, first.totals.failed, first.bytes], [9, 1, 900]);
    assert.equal(first.reasons[0]?.example.url, 'http://a/1');
    assert.deepEqual(
      [first.now.inHand, first.now.inFlight, first.now.waiting, first.now.rowsPerSecond],
      [6, 3, 1, 0],
    );
    const [worker] = first.workers;
    assert.deepEqual(
      [worker?.name, worker?.shard, worker?.done, worker?.notDone, worker?.received],
      ['host:1', 1, 5, 1, 500],
    );
    assert.deepEqual(
      first.origins.map(({ origin, allowed, isProbed, why }) => [origin, allowed, isProbed, why]),
      [
        ['http://b', 1, true, undefined],
        ['http://c', 0, undefined, 'no answer'],
        ['http://a', 4, undefined, undefined],
      ],
    );
    assert.equal(view.isOver, false);
    now = 2_000;
    await setWorker({ ...state, ended: 8, received: 2_500, tally: { ...tally, ok: 7 } });
    await view.look();
    const second = view.state('running');
    assert.deepEqual([second.now.rowsPerSecond, second.now.bytesPerSecond], [1, 1_000]);
    // 10 are recorded, and 8 are in hand, of 30.
    assert.equal(second.now.remaining, 12_000);
    Object.assign(counts, { waiting: 0, active: 0 });
    await view.look();
    assert.equal(view.isOver, true);
    assert.equal(view.state('running').ending, 'complete');
  },
);
