import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Occurrences } from '../../src/ledger/occurrences.ts';
import { rowKey } from '../../src/ledger/row-key.ts';

const ROW = { url: 'https://example.com/a' };

test('Occurrences gives equal rows the keys of the first, the second and so on', () => {
  const occurrences = new Occurrences(() => false);
  assert.deepEqual(
    Array.from({ length: 10 }, () => occurrences.take(ROW)),
    Array.from({ length: 10 }, (_, i) => rowKey(ROW, i + 1)),
  );
});

test('Occurrences counts those that are recorded and no longer held in memory', () => {
  const recorded = new Set<string>();
  const occurrences = new Occurrences((key) => recorded.has(key));
  for (let i = 1; i <= 1000; i++) {
    const key = occurrences.take(ROW);
    assert.equal(key, rowKey(ROW, i));
    // Every third stays under way.
    if (i % 3 === 0) continue;
    recorded.add(key);
    occurrences.recorded(key);
  }
});

test('Occurrences asks for few of a thousand equal rows, and for no new one', () => {
  let asked = 0;
  const recorded = new Set<string>();
  const occurrences = new Occurrences((key) => {
    asked++;
    return recorded.has(key);
  });
  for (let i = 0; i < 1000; i++) {
    const key = occurrences.take(ROW);
    recorded.add(key);
    occurrences.recorded(key);
  }
  assert.ok(asked < 20_000, `${asked}`);
  asked = 0;
  for (let i = 0; i < 1000; i++) occurrences.take({ url: `https://example.com/${i}` });
  assert.equal(asked, 0);
});
