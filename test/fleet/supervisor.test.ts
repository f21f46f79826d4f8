import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Queries } from '../../src/fleet/database.ts';
import { Supervisor } from '../../src/fleet/supervisor.ts';
import { settle } from '../concurrency/support.ts';

test('Supervisor: leaves the shards alone while the server is away, and while it has just come back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  /** For how long the server has been there, in s; undefined while it is away. */
  let up: number | undefined = 100;
  let supervised = 0;
  const database = {
    query: async (_: string, [grace = 0]: readonly number[] = []) => {
      if (up === undefined) throw new Error('away');
      return { rows: [{ isSettled: up > grace }] };
    },
  } as unknown as Queries;
  const supervise = async () => {
    supervised++;
    if (supervised === 1) throw new Error('went away meanwhile');
  };
  const supervisor = new Supervisor({ database, supervise, interval: 2_000, grace: 10 });
  const pass = async () => {
    t.mock.timers.tick(2_000);
    await settle();
    return supervised;
  };
  assert.deepEqual([await pass(), await pass()], [1, 2]);
  up = undefined;
  assert.equal(await pass(), 2);
  up = 9;
  assert.equal(await pass(), 2);
  up = 11;
  assert.equal(await pass(), 3);
  await supervisor[Symbol.asyncDispose]();
  assert.equal(await pass(), 3);
});
