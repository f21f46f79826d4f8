import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcesses } from '../../src/cli/processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { catchOutput } from './catch-output.ts';

/** Has the workers be test/cli/stand-in-worker.ts, which keeps its command lines in a directory. */
async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const [, program] = process.argv;
  process.argv[1] = join(import.meta.dirname, 'stand-in-worker.ts');
  t.after(() => {
    process.argv[1] = program ?? '';
  });
  const commandLines = async () => {
    const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    return await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8'))),
    );
  };
  const run = (count: number, ...args: string[]) =>
    runProcesses(count, args, { STAND_IN: directory, FLAGHOIST_DATABASE: 'postgres://u:pw@h/x' });
  return { run, commandLines };
}

test('runProcesses: a worker that is killed gets a successor; the largest exit code counts', async (t) => {
  const { run, commandLines } = await setUp(t);
  const texts = catchOutput(t);
  // The first of them kills itself, and the others end with 1 and with 0.
  const code = await run(2, 'work', '--database', 'postgres://a', '--processes', '2', 'kill,1,0');
  t.mock.restoreAll();
  assert.equal(code, 1);
  assert.equal(texts.stderr, 'flaghoist: a worker was killed by SIGKILL; another one starts\n');
  const lines = await commandLines();
  assert.equal(lines.length, 3);
  for (const { args, database } of lines) {
    const own = ['--processes', '2', 'kill,1,0', '--processes', '1', '--is-part'];
    assert.deepEqual(args, ['work', ...own]);
    assert.equal(database, 'postgres://u:pw@h/x');
  }
});

test('runProcesses: a signal goes to all of them, and none is started again', async (t) => {
  const { run, commandLines } = await setUp(t);
  const running = run(2, 'work', '--database=postgres://a', 'wait,wait');
  while ((await commandLines()).length < 2) await sleep(5);
  process.emit('SIGTERM', 'SIGTERM');
  assert.equal(await running, 143);
  assert.equal((await commandLines()).length, 2);
});
