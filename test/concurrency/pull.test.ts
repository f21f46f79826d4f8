import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pull } from '../../src/concurrency/pull.ts';
import { settle } from './support.ts';

describe('Pull', () => {
  it('has the items of an iterable at once, and those of an async one later', async () => {
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

  it('closes a source that has not come to its end, once', async () => {
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

  it('does not close one that has come to its end, or failed', async () => {
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

  it('does not wait for the closing of a source that has not answered', async () => {
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
});
