import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleLines } from '../../../web/model/style-lines.ts';

const time = (began: number, saved: number) => ({ began, answered: saved - 1, saved });

test('styleLines: are in the order of the beginnings, one for each request if there is room', () => {
  const { lines, requestsPerLine } = styleLines([time(5, 9), time(0, 20)], 10);
  assert.equal(requestsPerLine, 1);
  assert.deepEqual(
    lines.map(({ from, to }) => [from, to]),
    [
      [0, 20],
      [5, 9],
    ],
  );
});

test('styleLines: show the last to be saved of those a line stands for', () => {
  const { lines, requestsPerLine } = styleLines([time(0, 20), time(1, 30), time(2, 9)], 2);
  assert.equal(requestsPerLine, 2);
  assert.deepEqual(lines, [
    { times: time(1, 30), from: 0, to: 30 },
    { times: time(2, 9), from: 2, to: 9 },
  ]);
});
