import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownChunk, toChunk } from '../../src/ledger/known-chunk.ts';
import { type ChunkSource, Lineup } from '../../src/ledger/lineup.ts';

/** The rows with the ids from 1 to `count`, ten at a time; `late` of the chunks have yet to come. */
class FakeSource implements ChunkSource {
  readonly seeks: number[] = [];
  readonly arrived = Promise.withResolvers<void>();
  late = 0;
  readonly #count: number;
  #next = 1;

  constructor(count: number) {
    this.#count = count;
  }

  poll(): KnownChunk | 'end' | undefined {
    return this.late > 0 ? undefined : this.take();
  }

  take(): KnownChunk | 'end' {
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

  async [Symbol.asyncDispose](): Promise<void> {}
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
  assert.deepEqual([source.seeks, take(18)], [[], 18]);
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
