// Alone: counts the warnings of its process.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { reportUnseenFailures } from '../../src/concurrency/failures.ts';
import {
  CancelledError,
  createTask,
  currentTask,
  Future,
  InvalidStateError,
} from '../../src/concurrency/index.ts';
import { collectGarbageUntil, onWarning, settle, warningsDuring } from './support.ts';

function failedFuture(error: unknown): Future<never> {
  const future = new Future<never>();
  future.setException(error);
  return future;
}

test('Future: is pending at first, and neither done nor cancelled', () => {
  const future = new Future();
  assert.equal(future.done(), false);
  assert.equal(future.cancelled(), false);
  assert.throws(() => future.result(), InvalidStateError);
  assert.throws(() => future.exception(), InvalidStateError);
});

test('Future: gives its result without waiting', () => {
  const future = new Future<number>();
  future.setResult(42);
  assert.equal(future.done(), true);
  assert.equal(future.result(), 42);
  assert.equal(future.exception(), undefined);
});

test('Future: throws its failure from result() and returns it from exception()', () => {
  const error = new Error('no');
  const future = failedFuture(error);
  assert.throws(() => future.result(), error);
  assert.equal(future.exception(), error);
  assert.equal(future.cancelled(), false);
});

test('Future: can fail with undefined', async () => {
  const future = failedFuture(undefined);
  await assert.rejects(
    async () => await future,
    (error) => error === undefined,
  );
});

test('Future: throws CancelledError, with the message, once cancelled', () => {
  const future = new Future();
  assert.equal(future.cancel('enough'), true);
  assert.equal(future.cancelled(), true);
  assert.throws(() => future.result(), new CancelledError('enough'));
  assert.throws(() => future.exception(), new CancelledError('enough'));
});

test('Future: is done once: later results, failures and cancellations change nothing', () => {
  const future = new Future<number>();
  future.setResult(1);
  assert.throws(() => future.setResult(2), InvalidStateError);
  assert.throws(() => future.setException(new Error()), InvalidStateError);
  assert.equal(future.cancel(), false);
  assert.equal(future.result(), 1);
});

test('Future: is done once, by a failure or a cancellation as well', () => {
  const error = new Error('first');
  const cancelled = new Future<number>();
  cancelled.cancel('first');
  for (const future of [failedFuture(error) as Future<number>, cancelled]) {
    const before = String(future);
    assert.throws(() => future.setResult(2), InvalidStateError);
    assert.throws(() => future.setException(new Error('second')), InvalidStateError);
    assert.equal(future.cancel('second'), false);
    assert.equal(String(future), before);
  }
  assert.throws(() => cancelled.result(), new CancelledError('first'));
});

test('Future: yields its result when awaited, before and after it is done', async () => {
  const future = new Future<string>();
  const early = (async () => await future)();
  future.setResult('x');
  assert.equal(await early, 'x');
  assert.equal(await future, 'x');
});

test('Future: throws its failure and its cancellation when awaited', async () => {
  const error = new Error('no');
  await assert.rejects(async () => await failedFuture(error), error);
  const cancelled = new Future();
  cancelled.cancel();
  await assert.rejects(async () => await cancelled, CancelledError);
});

test('Future: works with then, catch, finally and Promise.all', async () => {
  const future = new Future<number>();
  future.setResult(2);
  let ran = false;
  assert.equal(await future.then((value) => value + 1), 3);
  assert.equal(await future.finally(() => (ran = true)), 2);
  assert.equal(ran, true);
  assert.equal(await failedFuture(new Error()).catch(() => 'caught'), 'caught');
  assert.deepEqual(await Promise.all([future, 1]), [2, 1]);
});

test('Future: reads well', () => {
  const future = new Future<unknown>();
  assert.equal(String(future), '<Future pending>');
  future.setResult({ a: [1] });
  assert.equal(String(future), '<Future finished result={ a: [Array] }>');
  const failed = failedFuture(new RangeError('no'));
  assert.equal(String(failed), '<Future failed exception=RangeError: no>');
  failed.exception();
  const cancelled = new Future();
  cancelled.cancel();
  assert.equal(String(cancelled), '<Future cancelled>');
});

test('Future.addDoneCallback: calls soon, never synchronously, in the order added, with the future', async () => {
  const future = new Future<number>();
  const calls: unknown[] = [];
  future.addDoneCallback((done) => calls.push(['a', done]));
  future.addDoneCallback(() => calls.push('b'));
  future.setResult(1);
  assert.deepEqual(calls, []);
  await settle();
  assert.deepEqual(calls, [['a', future], 'b']);
});

test('Future.addDoneCallback: calls soon for one added after done', async () => {
  const future = new Future<number>();
  future.setResult(1);
  let called = false;
  future.addDoneCallback(() => (called = true));
  assert.equal(called, false);
  await settle();
  assert.equal(called, true);
});

test('Future.addDoneCallback: calls for failures and cancellations too', async () => {
  const states: string[] = [];
  const failed = new Future();
  const cancelled = new Future();
  failed.addDoneCallback((future) => states.push(String(future.exception())));
  cancelled.addDoneCallback((future) => states.push(String(future.cancelled())));
  failed.setException(new Error('no'));
  cancelled.cancel();
  await settle();
  assert.deepEqual(states, ['Error: no', 'true']);
});

test('Future.addDoneCallback: adds one that is there already a second time', async () => {
  const future = new Future<number>();
  let calls = 0;
  const count = () => void calls++;
  future.addDoneCallback(count);
  future.addDoneCallback(count);
  future.setResult(1);
  await settle();
  assert.equal(calls, 2);
});

test('Future.addDoneCallback: calls in the async context it was added in, but outside of its task', async () => {
  const context = new AsyncLocalStorage<string>();
  const future = new Future<void>();
  let seen: unknown[] = [];
  await createTask(() =>
    context.run('mine', () =>
      future.addDoneCallback(() => (seen = [context.getStore(), currentTask()])),
    ),
  );
  context.run('other', () => future.setResult());
  await settle();
  assert.deepEqual(seen, ['mine', undefined]);
});

test('Future.addDoneCallback: lets one that throws stop none of the others, and warns of it', async () => {
  const future = new Future<number>();
  const calls: string[] = [];
  future.addDoneCallback(() => calls.push('a'));
  future.addDoneCallback(() => {
    throw new Error('bad callback');
  });
  future.addDoneCallback(() => calls.push('b'));
  const warnings = await warningsDuring(() => future.setResult(1));
  assert.deepEqual(calls, ['a', 'b']);
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.message), /callback of <Future .*> threw: bad callback/);
});

test('Future.addDoneCallback: may add and remove callbacks while callbacks run', async () => {
  const future = new Future<number>();
  const calls: string[] = [];
  const last = () => void calls.push('last');
  future.addDoneCallback(() => {
    calls.push('first');
    // Too late: all that were there are on their way.
    assert.equal(future.removeDoneCallback(last), 0);
    future.addDoneCallback(() => calls.push('added'));
  });
  future.addDoneCallback(last);
  future.setResult(1);
  await settle();
  assert.deepEqual(calls, ['first', 'last', 'added']);
});

test('Future.addDoneCallback: a callback that changes its async context changes it for no other', async () => {
  const context = new AsyncLocalStorage<string>();
  const future = new Future<void>();
  const seen: unknown[] = [];
  await context.run('mine', async () => {
    future.addDoneCallback(() => context.enterWith('changed'));
    future.addDoneCallback(() => seen.push(context.getStore()));
    future.setResult();
    await settle();
    seen.push(context.getStore());
  });
  assert.deepEqual(seen, ['mine', 'mine']);
});

test('Future.removeDoneCallback: takes out every one that is the same, and says how many', async () => {
  const future = new Future<number>();
  const calls: string[] = [];
  const a = () => void calls.push('a');
  const b = () => void calls.push('b');
  for (const fn of [a, b, a]) future.addDoneCallback(fn);
  assert.equal(future.removeDoneCallback(a), 2);
  assert.equal(future.removeDoneCallback(a), 0);
  future.setResult(1);
  await settle();
  assert.deepEqual(calls, ['b']);
});

test('Future: a failure never retrieved surfaces as a warning, with the name of the task and the stack', async () => {
  const warnings = await warningsDuring(async () => {
    createTask(
      () => {
        throw new Error('lost');
      },
      { name: 'loser' },
    );
    await settle();
    reportUnseenFailures();
  });
  assert.equal(warnings.length, 1);
  assert.match(
    String(warnings[0]?.message),
    /the failure of .*Task failed name='loser'.* was never retrieved: lost/,
  );
  assert.match(String(warnings[0]?.detail), /future\.test\.ts/);
});

for (const [how, look] of [
  ['result()', (future: Future<never>) => assert.throws(() => future.result())],
  ['exception()', (future: Future<never>) => future.exception()],
  ['await', (future: Future<never>) => future.catch(() => {})],
] as const) {
  test(`Future: a failure is no warning once retrieved with ${how}`, async () => {
    const warnings = await warningsDuring(async () => {
      await look(failedFuture(new Error('seen')));
      reportUnseenFailures();
    });
    assert.deepEqual(warnings, []);
  });
}

test('Future: a failure never retrieved surfaces when the future is collected as garbage', async () => {
  const messages: string[] = [];
  using _listening = onWarning((warning) => messages.push(warning.message));
  failedFuture(new Error('collected'));
  await collectGarbageUntil(() => messages.length > 0);
  assert.match(
    String(messages[0]),
    /the failure of .*Future failed.* was never retrieved: collected/,
  );
});

test('Future: a cancellation is no warning', async () => {
  const warnings = await warningsDuring(async () => {
    new Future().cancel();
    reportUnseenFailures();
  });
  assert.deepEqual(warnings, []);
});

test('Future: no warning while pending, or for a result that was never retrieved', async () => {
  const pending = new Future<number>();
  const warnings = await warningsDuring(() => {
    new Future<number>().setResult(1);
    reportUnseenFailures();
  });
  assert.deepEqual(warnings, []);
  assert.equal(pending.done(), false);
});

test('Future: a failure still surfaces after a cancel() that came too late', async () => {
  const warnings = await warningsDuring(() => {
    assert.equal(failedFuture(new Error('unseen')).cancel(), false);
    reportUnseenFailures();
  });
  assert.equal(warnings.length, 1);
});
