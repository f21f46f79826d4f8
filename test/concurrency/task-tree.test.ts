import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  allTasks,
  createTask,
  currentTask,
  Event,
  gather,
  printTasks,
  run,
  sleep,
} from '../../src/concurrency/index.ts';
import { Program } from './program.ts';
import { settle } from './support.ts';

const names = () => [...allTasks()].map((task) => task.name);

/** What `fn` writes to stderr. */
function written(t: TestContext, fn: () => void): string {
  const write = t.mock.method(process.stderr, 'write', () => true);
  fn();
  write.mock.restore();
  return write.mock.calls.map((call) => call.arguments[0]).join('');
}

test('allTasks: gives the tasks of this run that have not ended', async () => {
  await run(async () => {
    const ended = createTask(() => {}, { name: 'ended' });
    createTask(() => new Event().wait(), { name: 'waits' });
    assert.deepEqual(names(), ['main', 'ended', 'waits']);
    await ended;
    assert.deepEqual(names(), ['main', 'waits']);
    assert.ok(allTasks().has(currentTask() as never));
  });
  assert.deepEqual(names(), []);
});

test('allTasks: in a run: gives none of a run beside it; outside: gives those of all', async () => {
  const gate = new Event();
  const seen: string[][] = [];
  const main = async () => {
    await gate.wait();
    seen.push(names());
  };
  const runs = [run(main, { name: 'a' }), run(main, { name: 'b' })];
  await settle();
  assert.deepEqual(names(), ['a', 'b']);
  gate.set();
  await Promise.all(runs);
  assert.deepEqual(seen, [['a'], ['b']]);
});

test('allTasks: in a timer that a run started: gives those of the run', async () => {
  const seen = await run(async () => {
    const { promise, resolve } = Promise.withResolvers<string[]>();
    setTimeout(() => resolve(names()), 1);
    return await promise;
  });
  assert.deepEqual(seen, ['main']);
});

test('allTasks: gives none that was made outside of any run', async () => {
  const other = createTask(() => sleep(0), { name: 'other' });
  assert.deepEqual(names(), []);
  await other;
});

test('allTasks: in debug mode, too, gives the tasks of this run that have not ended', async () => {
  await run(
    async () => {
      const task = createTask(() => sleep(0), { name: 'short' });
      assert.deepEqual(names(), ['main', 'short']);
      await task;
      assert.deepEqual(names(), ['main']);
    },
    { debug: true },
  );
});

test('printTasks: prints each task with what it waits for', async (t) => {
  const gate = new Event();
  const running = run(async function main() {
    await gather([() => gate.wait()]);
  });
  await settle();
  const [main, waiting, ...rest] = written(t, printTasks).split('\n');
  assert.equal(main, "<Task pending name='main' fn=main>");
  assert.match(String(waiting), /^ {2}waiting for <Gathering pending>$/);
  assert.match(rest.join('\n'), /^<Task pending name='Task-\d+'>\n {2}waiting for <.*pending>\n$/);
  gate.set();
  await running;
});

test('printTasks: in debug mode, prints each below the one that created it, and where it is suspended', async (t) => {
  const gate = new Event();
  const running = run(
    async function main() {
      createTask(
        async () => {
          createTask(() => gate.wait(), { name: 'grandchild' });
          await gate.wait();
        },
        { name: 'child' },
      );
      await gate.wait();
    },
    { debug: true },
  );
  await settle();
  const printed = written(t, printTasks);
  gate.set();
  await running;
  const tasks = printed.match(/^ *<Task pending name='[^']+'/gm);
  assert.deepEqual(tasks, [
    "<Task pending name='main'",
    "  <Task pending name='child'",
    "    <Task pending name='grandchild'",
  ]);
  assert.match(printed, /^ {4}waiting for <.*>\n {6,}at .*task-tree\.test\.ts:\d+/m);
});

test('printTasks: says so when there are none', (t) => {
  assert.equal(written(t, printTasks), 'no tasks\n');
});

test('SIGUSR2 in debug mode: prints the tasks, and the program goes on', {
  skip: process.platform === 'win32' && 'Windows has no SIGUSR2',
}, async () => {
  const program = new Program('hanging');
  await program.says('ready');
  for (const prints of [1, 2]) {
    program.kill('SIGUSR2');
    await program.saysTimes(/^<Task pending name='main'/, prints);
    await program.saysTimes(/^ {2}<Task pending name='child'/, prints);
  }
  assert.match(program.words.join('\n'), /at waitForever .*hanging\.ts:\d+/);
  program.kill('SIGTERM');
  assert.deepEqual(await program.ended, [143, null]);
});
