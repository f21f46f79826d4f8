import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { leftovers, processState } from './process-state.ts';

test('leftovers: nothing is left of a process that is as it was', async () => {
  assert.deepEqual(await leftovers(processState()), []);
});

test('leftovers: waits for a server that is closing', async () => {
  const earlier = processState();
  const server = createServer().listen(0);
  setTimeout(() => server.close(), 50);
  assert.deepEqual(await leftovers(earlier), []);
});

test('leftovers: names changed variables, globals and listeners', async (t) => {
  const earlier = processState();
  const listener = () => {};
  process.env.FLAGHOIST_LEFT = 'x';
  process.on('SIGUSR2', listener);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const found = await leftovers(earlier, 0);
  t.mock.timers.reset();
  process.off('SIGUSR2', listener);
  delete process.env.FLAGHOIST_LEFT;
  for (const name of [
    'the environment variable FLAGHOIST_LEFT',
    'process listeners for SIGUSR2',
    'a replaced setTimeout',
  ]) {
    assert.ok(found.includes(name), `${name} in ${found.join(', ')}`);
  }
});
