import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitLines, waitText } from '../../src/report/wait-text.ts';
import { waiting } from '../observe/under-way.ts';

test('waitText: why, until when, and which try', () => {
  assert.equal(waitText(waiting(0, 4_900), 1_000, 80), '503 from a.example, again in 4 s (2 of 4)');
  assert.equal(waitText(waiting(0, 4_900), 1_000, 30), '503, again in 4 s (2 of 4)');
  const lost = { reason: 'connection-lost', httpStatus: undefined, attempt: 7 } as const;
  assert.equal(
    waitText(waiting(0, 121_000, lost), 0, 80),
    'connection lost at a.example, again in 2:01 (try 7)',
  );
  const dns = { reason: 'dns-timeout', httpStatus: undefined } as const;
  assert.equal(
    waitText(waiting(0, 0, dns), 1, 80),
    'DNS timeout at a.example, again at its turn (2 of 4)',
  );
});

test('waitLines: rows that wait for the same reason have one line, the commonest first', () => {
  const lost = { reason: 'connection-lost', httpStatus: undefined } as const;
  const rows = [waiting(0, 9_000, lost), waiting(1, 7_000), waiting(2, 5_000)];
  assert.deepEqual(waitLines(rows, 1_000, { columns: 80, most: 3 }), [
    '2 files: 503 from a.example, the next in 4 s',
    'connection lost at a.example, again in 8 s (2 of 4)',
  ]);
  assert.deepEqual(waitLines(rows, 1_000, { columns: 30, most: 1 }), [
    '2 files: 503, the next in 4 s',
  ]);
  assert.deepEqual(waitLines([], 0, { columns: 80, most: 3 }), []);
});
