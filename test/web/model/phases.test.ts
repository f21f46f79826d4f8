import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phasesOf } from '../../../web/model/phases.ts';
import { rowSentence } from '../../../web/model/row-sentence.ts';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

const times = { start: 100, queued: 40, sent: 5, firstByte: 65, bodyEnd: 80, end: 82 };
const { rows } = new RowStore(
  columnsOf([
    fixtureRow(times),
    fixtureRow({ ...times, index: 1, status: 'failed', firstByte: null, end: 1_500 }),
    fixtureRow({ ...times, tried: 3 }),
    fixtureRow({ ...times, status: 'failed', firstByte: null, tried: 900, end: 1_500 }),
    fixtureRow({ start: null, status: 'skipped', reason: 'already-there' }),
  ]),
);
const spans = (place: number) =>
  phasesOf(rows, place).map(({ name, from, to }) => [name, from, to]);

test('phasesOf: follow each other, from the waiting to the end', () => {
  assert.deepEqual(spans(0), [
    ['queued', 60, 100],
    ['connect', 100, 105],
    ['wait', 105, 165],
    ['body', 165, 180],
    ['save', 180, 182],
  ]);
});

test('phasesOf: are one of a row without an answer, and none of one without a request', () => {
  assert.deepEqual(spans(1), [
    ['queued', 60, 100],
    ['failed', 100, 1_600],
  ]);
  assert.deepEqual(spans(4), []);
});

test('phasesOf: earlier tries are a phase before the last one', () => {
  assert.deepEqual(spans(2).slice(0, 3), [
    ['queued', 60, 100],
    ['tried', 100, 103],
    ['connect', 103, 105],
  ]);
  assert.deepEqual(spans(3), [
    ['queued', 60, 100],
    ['tried', 100, 1_000],
    ['failed', 1_000, 1_600],
  ]);
});

test('rowSentence: says what a row is and did', () => {
  assert.equal(
    rowSentence(rows, 0),
    'Row 1, https://files.example.org/0.bin, ok, queued 40 ms, connect, send 5.0 ms, first byte 60 ms, body 15 ms, saved 2.0 ms',
  );
  assert.equal(
    rowSentence(rows, 1),
    'Row 2, https://files.example.org/1.bin, failed, http-503, queued 40 ms, no file 1.50 s',
  );
});
