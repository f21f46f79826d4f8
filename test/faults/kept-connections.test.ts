import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFaultServer } from '../../src/server/faults/fault-server.ts';
import { get, outcomesIn } from '../cli/get-support.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

for (const fault of ['stale-connection', 'trailing-garbage', 'extra-response']) {
  test(`get: with ${fault} on kept connections, every row is ok at its first try`, async (t) => {
    await using server = await startFaultServer({ faults: [fault] });
    const urls = Array.from({ length: 12 }, (_, i) => `${server.url}/bytes/100/${i}.bin`);
    const directory = await temporaryDirectory(t);
    const { code, stdout } = await get(
      '--json',
      '-m',
      '2',
      '--tries',
      '1',
      '-d',
      directory,
      ...urls,
    );
    assert.equal(code, 0);
    const outcomes = outcomesIn(stdout);
    assert.equal(outcomes.length, urls.length);
    for (const { status, attempts, bytes } of outcomes) {
      assert.deepEqual([status, attempts, bytes], ['ok', 1, 100]);
    }
  });
}
