import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../concurrency/support.ts';
import { outcomesOf, take } from './outcomes-of.ts';
import { lost, RECEIVED } from './stage.ts';

/** A run that notes which origins it releases, and whose rows are answered when the test says so. */
function setUp(rows: AsyncIterable<string> | Iterable<string>, maxRequests: number) {
  const released: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<typeof RECEIVED>>();
  const steps = {
    maxRequests,
    release: (origin: string) => {
      released.push(origin);
    },
    fetch: ({ url }: { readonly url: string }) => {
      const answer = Promise.withResolvers<typeof RECEIVED>();
      answers.set(url, answer);
      return answer.promise;
    },
  };
  const { taken, end } = take(outcomesOf(rows, steps));
  const answer = async (url: string) => {
    answers.get(url)?.resolve(RECEIVED);
    await settle();
  };
  return { released, answers, answer, taken, end };
}

/** Rows that come at once, and an end that comes when the test says so. */
function unending(rows: readonly string[]) {
  const { promise: more, resolve } = Promise.withResolvers<void>();
  async function* read() {
    yield* rows;
    await more;
  }
  return { rows: read(), end: resolve };
}

test('DownloadRun: releases an origin with its last row, once the list has ended', async () => {
  const { released, answer, end } = setUp(['http://a/0', 'http://b/0', 'http://a/1'], 3);
  await settle();
  await answer('http://a/0');
  assert.deepEqual(released, []);
  await answer('http://a/1');
  assert.deepEqual(released, ['http://a']);
  await answer('http://b/0');
  assert.deepEqual(released, ['http://a', 'http://b']);
  await end;
});

test('DownloadRun: releases an origin whose last row failed', async () => {
  const { released, answers, end, taken } = setUp(['http://a/0'], 2);
  await settle();
  answers.get('http://a/0')?.reject(lost());
  await end;
  assert.deepEqual([released, taken[0]?.status], [['http://a'], 'failed']);
});

test('DownloadRun: keeps an origin that the list may have more rows of', async () => {
  const { rows, end: endList } = unending(['http://a/0', 'http://b/0']);
  const { released, answer, end } = setUp(rows, 2);
  await settle();
  await answer('http://a/0');
  assert.deepEqual(released, []);
  endList();
  await settle();
  await answer('http://b/0');
  await end;
  assert.deepEqual(released, ['http://b']);
});

test('DownloadRun: of a list of many origins, releases each with its last row read so far', async () => {
  const urls = Array.from({ length: 66 }, (_, n) => `http://h${n}/`);
  const { rows, end: endList } = unending(urls);
  const { released, answer, end } = setUp(rows, 100);
  while (released.length === 0) {
    await settle();
    await answer('http://h0/');
  }
  assert.deepEqual(released, ['http://h0']);
  endList();
  for (const url of urls) await answer(url);
  await end;
  assert.equal(released.length, 66);
});
