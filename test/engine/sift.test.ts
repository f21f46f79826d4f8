import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Semaphore } from '../../src/concurrency/semaphore.ts';
import { type Open, Sift } from '../../src/engine/sift.ts';
import type { Item } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { RowError } from '../../src/model/row-error.ts';
import { settle } from '../concurrency/support.ts';
import { eagerly } from '../schedule/eagerly.ts';

const ITEM: Item = { index: 0, url: 'http://a/br.gif' };
const FILE = { path: 'd/br.gif', bytes: 3 };
const PROBLEM = new RowError({ list: 'l', line: 1, column: 1 }, 'no URL');

/** The rows of a list that has as many places as it needs. */
function sifted(items: Iterable<Item>, steps: ConstructorParameters<typeof Sift>[1] = {}) {
  const places = new Semaphore(100);
  const sift = new Sift(eagerly(items), steps, places);
  return { sift, places };
}

test('next: an item to be asked for comes out at once, with its origin', () => {
  const { sift } = sifted([ITEM]);
  const answer = sift.next();
  assert.ok(!(answer instanceof Promise) && !answer.done);
  const { place, readAt, ...value } = answer.value as Open;
  assert.ok(readAt <= performance.now());
  assert.deepEqual(value, { item: ITEM, origin: 'http://a', earlier: undefined });
  assert.deepEqual(sift.next(), { done: true, value: undefined });
});

test('next: each item is recalled once, in the order of the list, one after the other', async () => {
  const log: string[] = [];
  const items = [0, 1, 2].map((index) => ({ ...ITEM, index }));
  const recall = async ({ index }: Item) => {
    log.push(`recall ${index}`);
    await Promise.resolve();
    log.push(`known ${index}`);
    return undefined;
  };
  const { sift } = sifted(items, { recall });
  for (let next = await sift.next(); !next.done; next = await sift.next()) {
    log.push(`next ${next.value.item.index}`);
  }
  const each = [0, 1, 2].flatMap((i) => [`recall ${i}`, `known ${i}`, `next ${i}`]);
  assert.deepEqual(log, each);
});

test('next: what there is of an item goes along when it is to be asked for again', async () => {
  const earlier = { file: FILE, validators: { etag: '"1"' } };
  const { value } = await sifted([ITEM], { recall: () => earlier }).sift.next();
  assert.deepEqual(value?.origin && value.earlier, earlier);
});

for (const [what, item, recall, expected] of [
  ['a file that is there', ITEM, () => ({ file: FILE }), ['skipped', 'already-there']],
  ['a row with a problem', { ...ITEM, problem: PROBLEM }, undefined, ['failed', 'bad-row']],
  ['a URL that is none', { ...ITEM, url: 'nonsense' }, undefined, ['failed', 'bad-url']],
] as const) {
  test(`next: ${what} ends without a request, recorded before it comes out`, async () => {
    const recorded: Outcome[] = [];
    const written = Promise.withResolvers<void>();
    const record = (outcome: Outcome) => {
      recorded.push(outcome);
      return written.promise;
    };
    const { sift, places } = sifted([item], { recall, record });
    const next = Promise.resolve(sift.next());
    let isOut = false;
    next.then(() => {
      isOut = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([recorded.length, isOut], [1, false]);
    written.resolve();
    const { value } = await next;
    assert.ok(value?.origin === undefined && value?.outcome === recorded[0]);
    const { status, reason, startedAt, attempts } = value?.outcome ?? {};
    assert.deepEqual([status, reason, attempts], [...expected, 0]);
    assert.ok(startedAt);
    assert.equal(places.held, 0);
  });
}

test('next: throws what reading, recalling and recording throw', async () => {
  const broken = new Error('broken');
  const fail = () => {
    throw broken;
  };
  const recall = () => ({ file: FILE });
  for (const steps of [
    { recall: fail },
    { recall: async () => fail() },
    { recall, record: fail },
  ]) {
    const { sift } = sifted([ITEM], steps);
    await assert.rejects(
      async () => await sift.next(),
      (error) => error === broken,
    );
  }
});

test('return: closes the list', async () => {
  const note = { closed: 0 };
  await new Sift(eagerly([ITEM], note), {}, new Semaphore(1)).return();
  assert.equal(note.closed, 1);
});

test('next: no more is read than there are places, which rows have until they end', async () => {
  const note = { pulled: 0 };
  const items = [0, 1, 2, 3].map((index) => ({ ...ITEM, index }));
  const recall = ({ index }: Item) => (index === 1 ? { file: FILE } : undefined);
  const places = new Semaphore(2);
  const sift = new Sift(eagerly(items, note), { recall }, places);
  const first = await sift.next();
  // Ends here, and has none.
  await sift.next();
  assert.equal(places.held, 1);
  await sift.next();
  let isOut = false;
  const last = Promise.resolve(sift.next()).then((result) => {
    isOut = true;
    return result;
  });
  await settle();
  assert.deepEqual([isOut, note.pulled], [false, 3]);
  (first.value as Open).place.release();
  assert.equal((await last).value?.item.index, 3);
  assert.equal(note.pulled, 4);
});
