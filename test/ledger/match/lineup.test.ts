import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownChunk, toChunk } from '../../../src/ledger/match/known-chunk.ts';
import { type ChunkSource, Lineup } from '../../../src/ledger/match/lineup.ts';

/** The rows with the ids from 1 to `count`, ten at a time; `late` of the chunks have yet to come. */
class FakeSource implements ChunkSource {
  readonly seeks: number[] = [];
  /** How often it was asked for a chunk that must come. */
  takes = 0;
  isDisposed = false;
  readonly arrived = Promise.withResolvers<void>();
  late = 0;
  readonly #count: number;
  #next = 1;

  constructor(count: number) {
    this.#count = count;
  }

  poll(): KnownChunk | 'end' | undefined {
    return this.late > 0 ? undefined : this.#chunk();
  }

  take(): KnownChunk | 'end' {
    this.takes++;
    return this.#chunk();
  }

  #chunk(): KnownChunk | 'end' {
    if (this.#next > this.#count) return 'end';
    const ids = Array.from(
      { length: Math.min(10, this.#count + 1 - this.#next) },
      () => this.#next++,
    );
    const rows = ids.map((id) => [id, id, 1, urlOf(id), null, 1, null, 0, null, null, null]);
    return toChunk(rows, '/nowhere');
  }

  arrival(): Promise<void> {
    return this.arrived.promise;
  }

  seek(id: number): void {
    this.seeks.push(id);
    this.#next = id + 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
  }
}

function urlOf(id: number): string {
  return `https://example.com/${id}`;
}

function lineup(count: number) {
  const source = new FakeSource(count);
  const line = new Lineup(source);
  const take = (id: number) => line.take(urlOf(id), null, () => true)?.id;
  return { source, line, take };
}

test('Lineup gives the rows in the order of last time, until its end', () => {
  const { line, take } = lineup(25);
  for (let id = 1; id <= 25; id++) {
    assert.equal(line.isAtEnd, false);
    assert.equal(take(id), id);
  }
  assert.equal(take(26), undefined);
  assert.equal(line.isAtEnd, true);
});

test('Lineup passes over a few rows that are gone from the list, not over many', () => {
  const { take } = lineup(100);
  assert.deepEqual(
    [take(3), take(2), take(18), take(34), take(51), take(35)],
    [3, undefined, 18, 34, undefined, 35],
  );
});

test('Lineup leaves a row in line that is not accepted', () => {
  const { line, take } = lineup(5);
  assert.equal(
    line.take(urlOf(1), null, () => false),
    undefined,
  );
  assert.equal(
    line.take(urlOf(1), 'name', () => true),
    undefined,
  );
  assert.equal(take(1), 1);
});

test('Lineup goes on where three rows in a row were found', () => {
  const { source, line, take } = lineup(100);
  for (const id of [90, 50, 51]) line.missed(id);
  assert.deepEqual([source.seeks, take(1)], [[], 1]);
  line.missed(52);
  assert.deepEqual([source.seeks, take(53), take(2)], [[52], 53, undefined]);
});

test('Lineup goes on in what it has already, without reading it again', () => {
  const { source, line, take } = lineup(100);
  take(1);
  take(12);
  for (const id of [15, 16, 17]) line.missed(id);
  // Those that were found elsewhere are out of the line.
  assert.deepEqual([source.seeks, take(17), take(18)], [[], undefined, 18]);
});

test('Lineup is not at its end while somebody is in line, though nobody will come', () => {
  const { line, take } = lineup(5);
  assert.equal(take(9), undefined);
  assert.equal(line.isAtEnd, false);
  assert.equal(take(5), 5);
  assert.equal(line.isAtEnd, true);
});

test('Lineup waits for nothing while there is somebody in line', () => {
  const { source, line, take } = lineup(100);
  assert.equal(take(1), 1);
  source.late = 1;
  assert.equal(line.ready(), undefined);
  for (const id of [2, 90, 3, 91, 10]) take(id);
  assert.equal(source.takes, 1);
  source.late = 0;
  assert.equal(take(11), 11);
  assert.equal(source.takes, 2);
});

test('Lineup moves less readily after a move that was good for little', () => {
  const { source, line, take } = lineup(10_000);
  const stray = (first: number, count: number) => {
    for (let id = first; id < first + count; id++) line.missed(id);
    return source.seeks.length;
  };
  assert.equal(stray(1_000, 3), 1);
  assert.equal(stray(2_000, 3), 2);
  // Nothing was taken in between: twice as many, and twice as many again.
  assert.equal(stray(3_000, 5), 2);
  assert.equal(stray(3_500, 6), 3);
  assert.equal(stray(4_000, 11), 3);
  assert.equal(stray(5_000, 12), 4);
  for (let id = 5_012; id < 5_012 + 99; id++) assert.equal(take(id), id);
  assert.equal(stray(6_000, 24), 5);
  // After a hundred it is as ready as in the beginning.
  for (let id = 6_024; id < 6_024 + 100; id++) assert.equal(take(id), id);
  assert.equal(stray(7_000, 48), 6);
  assert.equal(stray(8_000, 3), 7);
});

test('Lineup ends what its records come from', async () => {
  const { source, line } = lineup(5);
  await line[Symbol.asyncDispose]();
  assert.equal(source.isDisposed, true);
});

test('Lineup.ready waits for what has yet to come', async () => {
  const { source, line, take } = lineup(10);
  source.late = 1;
  const ready = line.ready();
  assert.ok(ready instanceof Promise);
  source.late = 0;
  source.arrived.resolve();
  await ready;
  assert.equal(line.ready(), undefined);
  for (let id = 1; id <= 10; id++) assert.equal(take(id), id);
  assert.equal(line.ready(), undefined, 'at its end there is nothing to wait for');
});
