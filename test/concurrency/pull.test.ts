import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError } from '../../src/concurrency/errors.ts';
import { Pull } from '../../src/concurrency/pull.ts';
import { settle, warningsDuring } from './support.ts';

test('Pull: has the items of an iterable at once, and those of an async one later', async () => {
  const sync = new Pull([1, 2]);
  assert.deepEqual(sync.next(), { done: false, value: 1 });
  const async = new Pull(
    (async function* () {
      yield 1;
    })(),
  );
  const answer = async.next();
  assert.ok(answer instanceof Promise);
  assert.equal(async.asking, true);
  assert.deepEqual(await answer, { done: false, value: 1 });
  assert.equal(async.asking, false);
});

test('Pull: closes a source that has not come to its end, once', async () => {
  let closed = 0;
  const source = {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: 1 }),
      return: () => {
        closed++;
        return { done: true as const, value: undefined };
      },
    }),
  };
  const pull = new Pull<number>(source);
  pull.next();
  await pull.close();
  await pull.close();
  assert.equal(closed, 1);
});

test('Pull: does not close one that has come to its end, or failed', async () => {
  let closed = 0;
  const results = [{ done: true as const, value: undefined }];
  const source = {
    [Symbol.iterator]: () => ({
      next: () => {
        const result = results.pop();
        if (result === undefined) throw new Error('source');
        return result;
      },
      return: () => {
        closed++;
        return { done: true as const, value: undefined };
      },
    }),
  };
  const ended = new Pull<number>(source);
  ended.next();
  await ended.close();
  const failed = new Pull<number>(source);
  assert.throws(() => failed.next(), new Error('source'));
  await failed.close();
  assert.equal(closed, 0);
});

for (const [error, closings] of [
  [new Error('source'), 0],
  [new CancelledError(), 1],
] as const) {
  test(`Pull: ${closings ? 'closes' : 'does not close'} one whose answer was a ${error.name}`, async () => {
    let closed = 0;
    const pull = new Pull({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(error),
        async return() {
          closed++;
          return { done: true as const, value: undefined };
        },
      }),
    });
    await assert.rejects(async () => pull.next(), error);
    assert.equal(pull.asking, false);
    await pull.close();
    assert.equal(closed, closings);
  });
}

test('Pull: waits for the closing of a source, and throws what that throws', async () => {
  const closing = Promise.withResolvers<never>();
  const pull = new Pull<number>({
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false as const, value: 1 }),
      return: () => closing.promise,
    }),
  });
  await pull.next();
  let isClosed = false;
  const closed = pull.close().finally(() => {
    isClosed = true;
  });
  closed.catch(() => {});
  await settle();
  assert.equal(isClosed, false);
  closing.reject(new Error('could not close'));
  await assert.rejects(closed, new Error('could not close'));
});

test('Pull: warns of a closing that fails when nothing waits for it', async () => {
  const pull = new Pull<number>({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      return: () => Promise.reject(new Error('could not close')),
    }),
  });
  void pull.next();
  const warnings = await warningsDuring(() => pull.close());
  assert.match(String(warnings[0]?.message), /could not close/);
});

test('Pull: does not wait for the closing of a source that has not answered', async () => {
  const pull = new Pull(
    (async function* () {
      yield await new Promise(() => {});
    })(),
  );
  void pull.next();
  await pull.close();
  await settle();
  assert.equal(pull.asking, true);
});
