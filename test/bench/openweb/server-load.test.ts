import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerLoad } from '../../../bench/openweb/server-load.ts';

test('ServerLoad.during: returns or throws what its callback does', async () => {
  const load = new ServerLoad(process.pid);
  assert.equal(await load.during(async () => 'used'), 'used');
  await assert.rejects(
    load.during(() => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.deepEqual(load.most, { nginx: 0, names: 0 });
});
