import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createTask, Future, Lock, Queue, run, sleep } from '../../../src/concurrency/index.ts';
import { type Checks, turn } from './support.ts';

/** Checks of warnings and debug mode. */
export const WARNINGS: Readonly<Record<string, Checks>> = {
  'warnings and debug mode': {
    'a failure that is never looked at is a warning when its future is collected': async () => {
      const warnings = await warningsDuring(async () => {
        dropFailure();
        await collectGarbage();
      });
      assert.match(warnings.join(), /lost.* was never retrieved: lost/);
    },
    'a task dropped before it finished is one': async () => {
      const main = async () => {
        for (let n = 0; n < 10; n++) dropTask();
        await collectGarbage();
      };
      const warnings = await warningsDuring(() => run(main, { debug: true }));
      assert.match(warnings.join(), /dropped before it finished/);
    },
    'a step that holds the event loop is one': async () => {
      const main = async () => {
        await sleep(1);
        hold(110);
        await sleep(1);
      };
      const warnings = await warningsDuring(() => run(main, { debug: true }));
      assert.match(warnings.join(), /held the event loop/);
    },
    'the stack of a cancellation tells where cancel() was called': async () => {
      const main = async () => {
        const future = new Future();
        function cancels(): void {
          future.cancel();
          // Not a tail call, which JavaScriptCore leaves out of the stack.
          assert.ok(future.done());
        }
        cancels();
        await (future as Future<unknown>).catch((error: unknown) => {
          assert.match((error as Error).stack ?? '', /cancels.*warnings\.[jt]s/);
        });
      };
      await run(main, { debug: true });
    },
    'console.log shows tasks, locks and queues in a word': () => {
      assert.match(inspect(new Lock()), /^<Lock /);
      assert.match(inspect(new Queue()), /^<Queue /);
      assert.match(inspect(new Future()), /^<Future pending>$/);
    },
  },
};

async function warningsDuring(fn: () => unknown): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on('warning', listen);
  await fn();
  await turn();
  process.off('warning', listen);
  return warnings;
}

async function collectGarbage(): Promise<void> {
  const { Bun, gc } = globalThis as { Bun?: { gc(isSync: boolean): void }; gc?: () => void };
  for (let n = 0; n < 20; n++) {
    if (Bun === undefined) gc?.();
    else Bun.gc(true);
    await turn();
  }
}

// Functions of their own, so that no other stack frame keeps the future or task alive.

function dropFailure(): void {
  new Future().setException(new Error('lost'));
}

function dropTask(): void {
  createTask(() => new Promise(() => {}), { name: 'dropped' });
}

function hold(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}
