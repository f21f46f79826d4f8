// Slow: starts threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, runInExecutor, ThreadExecutor } from '../../src/concurrency/index.ts';

const PROBE = import.meta.resolve('./thread-probe.ts');

test('runInExecutor: uses threads that all share, which the end of run() closes', async () => {
  const workers = () =>
    process.getActiveResourcesInfo().filter((type) => /Worker|MessagePort/.test(type));
  const before = workers().length;
  assert.equal(await run(async () => await runInExecutor((n: number) => n + 1, [1])), 2);
  assert.equal(workers().length, before);
});

test('runInExecutor: uses the executor given', async () => {
  await using executor = new ThreadExecutor({ maxThreads: 1 });
  assert.equal(await runInExecutor({ module: PROBE, name: 'add' }, [2, 3], { executor }), 5);
  assert.match(String(executor), /threads=1/);
});

test('runInExecutor: takes its arguments as an array', () => {
  const call = () => runInExecutor((n: number) => n, 1 as never);
  assert.throws(
    call,
    /^TypeError: the arguments come in an array, as in runInExecutor\(fn, \[1, 2\]\)/,
  );
});
