import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { killAndRestart } from './kill-run.ts';

test('get: survives kill -9 at any moment, and accounts for every row', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const directory = await temporaryDirectory(t);
  const { done, ...figures } = await killAndRestart({ rows: 400, kills: 8, seed, directory });
  t.diagnostic(JSON.stringify(figures));
  t.diagnostic(`done after each: ${done.join(' ')}`);
});
