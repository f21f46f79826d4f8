// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { debugging } from '../../src/concurrency/debug.ts';
import { createTask, Future, run, sleep } from '../../src/concurrency/index.ts';
import { collectGarbageUntil, onWarning, settle, warningsDuring } from './support.ts';

const HERE = /debug\.test\.ts:\d+/;

/** Keeps the event loop busy for `ms`. */
function hold(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** In a function of its own, so that nothing here keeps it alive. */
function dropTask(): void {
  createTask(() => new Promise(() => {}), { name: 'lost' });
}

test('debug mode: is on while a run that asked for it lasts', async () => {
  assert.equal(debugging(), false);
  assert.equal(await run(() => debugging(), { debug: true }), true);
  assert.equal(await run(() => debugging()), false);
  assert.equal(debugging(), false);
});

test('debug mode: reports a task dropped before it finished, with where it was created', async () => {
  const reports: { message: string; detail?: string }[] = [];
  using _listening = onWarning((warning) => {
    if (warning.message.startsWith('dropped')) reports.push(warning);
  });
  await run(
    async () => {
      dropTask();
      await settle();
      await collectGarbageUntil(() => reports.length > 0);
    },
    { debug: true },
  );
  assert.match(String(reports[0]?.message), /^dropped before it finished: <Task .*name='lost'/);
  assert.match(String(reports[0]?.detail), HERE);
});

test('debug mode: reports no task that finished', async () => {
  const reports: string[] = [];
  using _listening = onWarning(({ message }) => {
    if (message.startsWith('dropped')) reports.push(message);
  });
  let collected = false;
  const registry = new FinalizationRegistry(() => (collected = true));
  await run(
    async () => {
      await (() => {
        const task = createTask(() => sleep(0));
        registry.register(task, undefined);
        return task.then(() => {});
      })();
      await collectGarbageUntil(() => collected);
    },
    { debug: true },
  );
  await settle();
  assert.deepEqual(reports, []);
});

test('debug mode: says where the future was created whose failure was never retrieved', async () => {
  const warnings = await warningsDuring(() =>
    run(() => new Future().setException(new Error('lost')), { debug: true }),
  );
  const report = warnings.find((warning) => warning.message.includes('never retrieved'));
  assert.match(String(report?.detail), /^created\n.*debug\.test\.ts:\d+/m);
});

test('debug mode: reports a step of a task that held the loop for more than 100 ms', async () => {
  const warnings = await warningsDuring(() =>
    run(
      async () => {
        await createTask(
          async () => {
            await sleep(0);
            hold(110);
            await sleep(0);
          },
          { name: 'busy' },
        );
      },
      { debug: true },
    ),
  );
  const report = warnings.find((warning) => warning.message.includes("name='busy'"));
  assert.match(String(report?.message), /^held the event loop for \d+ ms: <Task pending/);
  assert.match(String(report?.detail), HERE);
});

test('debug mode: reports a callback outside of any task that did', async () => {
  const warnings = await warningsDuring(() =>
    run(() => new Promise<void>((done) => setTimeout(() => done(hold(110)), 1)), { debug: true }),
  );
  const report = warnings.find((warning) => warning.detail?.startsWith('Timeout'));
  assert.match(String(report?.detail), /^Timeout created\n.*debug\.test\.ts/);
});

test('debug mode: says in the stack of a CancelledError where cancel() was called', async () => {
  const stackOf = (debug: boolean) =>
    run(
      async () => {
        const future = new Future();
        future.cancel('enough');
        return await future.catch((error: unknown) => (error as Error).stack);
      },
      { debug },
    );
  assert.match(String(await stackOf(true)), HERE);
  assert.equal(await stackOf(false), 'CancelledError: enough');
  assert.notEqual(Error.stackTraceLimit, 0);
});

test('debug mode: is silent about all of this when it is off', async () => {
  const warnings = await warningsDuring(() => run(() => hold(110)));
  assert.deepEqual(warnings, []);
});

test("debug mode: names the caller's line when the first step of a task held the loop", async () => {
  const warnings = await warningsDuring(async () => {
    await run(
      async () => {
        createTask(() => hold(110), { name: 'first step' });
        await sleep(0);
      },
      { debug: true },
    );
  });
  const report = warnings.find(({ message }) => message.includes("name='first step'"));
  assert.match(String(report?.message), /^held the event loop for \d+ ms: <Task/);
  assert.match(String(report?.detail), HERE);
  assert.doesNotMatch(String(report?.detail), /src.concurrency/);
});

test('debug mode: has the stack of a failure tell the task, where it was created, and what awaited it', async () => {
  const fail = async () => {
    await sleep(0);
    throw new Error('deep');
  };
  const failure = await run(
    async () => {
      const outer = async () => await createTask(fail, { name: 'inner' });
      return await createTask(outer, { name: 'outer' }).catch((error: unknown) => error);
    },
    { debug: true },
  );
  const stack = String((failure as Error).stack);
  assert.match(stack, /in <Task .*name='inner'.*, created\n +at .*debug\.test\.ts:\d+/);
  assert.match(stack, /awaited by <Task .*name='outer'.*\n +at .*debug\.test\.ts:\d+/);
});

test('debug mode: is on for the whole process with FLAGHOIST_DEBUG=1', async () => {
  const program = fileURLToPath(import.meta.resolve('./programs/debug-report.ts'));
  const report = async (value: string) => {
    const env = { ...process.env, FLAGHOIST_DEBUG: value };
    return (await promisify(execFile)(process.execPath, [program], { env })).stderr;
  };
  assert.match(await report('1'), /name='loser'[\s\S]*^created\n.*debug-report\.ts:4/m);
  assert.doesNotMatch(await report(''), /^created/m);
});
