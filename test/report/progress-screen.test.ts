import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProgressView, progressScreen } from '../../src/report/progress-screen.ts';

const HISTORY = [2, 8, 4].map((rows) => ({ rows, bytes: rows * 1_000 }));

function inFlight(url: string, age: number, attempt = 1) {
  const body = { offset: 0, received: 0, length: undefined };
  return { item: { index: 0, url }, url, attempt, sentAt: 60_000 - age, ...body };
}

const VIEW: ProgressView = {
  progress: { done: 97, total: 194, failed: 2, rate: 22.4, elapsed: 3_400, remaining: 4_600 },
  throughput: { latest: (most) => (most > 0 ? HISTORY.slice(-most) : []) },
  requests: [
    inFlight('https://u:p@slow.example/a?key=secret', 12_340, 3),
    inFlight('http://other.example:81/b', 1_000),
    inFlight('http://quick.example/c', 999),
  ],
  inFlight: 3,
  allowed: 20,
  now: 60_000,
};

const LARGE = { columns: 100, rows: 24 };

test('progressScreen: the bar, the throughput, and the requests that take long, the longest first', () => {
  const [bar, ...others] = progressScreen(VIEW, LARGE).split('\n');
  assert.match(bar ?? '', /^█+░+ 97\/194 /);
  assert.deepEqual(others, [
    '▃█▅ 4.0/s | 4.0 kB/s now | 3 of 20 requests in flight',
    '  12.3 s  slow.example  /a (try 3)',
    '   1.0 s  other.example:81  /b',
  ]);
});

test('progressScreen: no more than five requests', () => {
  const requests = Array.from({ length: 30 }, (_, i) => inFlight(`http://a/${i}`, 9_000));
  assert.equal(progressScreen({ ...VIEW, requests }, LARGE).split('\n').length, 7);
});

test('progressScreen: the throughput has the room that there is', () => {
  const throughput: ProgressView['throughput'] = {
    latest: (most) => Array(most).fill({ rows: 1, bytes: 1 }),
  };
  for (const columns of [60, 61, 80, 500]) {
    const lines = progressScreen({ ...VIEW, throughput }, { columns, rows: 24 }).split('\n');
    for (const line of lines) assert.ok(line.length <= columns, line);
    assert.match(lines[1] ?? '', /^█{5,60} 1\.0\/s \| 1 B\/s now \| 3 of 20 requests in flight$/);
  }
});

test('progressScreen: before the first second there is no throughput', () => {
  const [, throughput] = progressScreen({ ...VIEW, throughput: { latest: () => [] } }, LARGE).split(
    '\n',
  );
  assert.equal(throughput, '3 of 20 requests in flight');
});

test('progressScreen: long places are cut', () => {
  const requests = [inFlight(`http://a/${'x'.repeat(300)}`, 9_000)];
  const last =
    progressScreen({ ...VIEW, requests }, LARGE)
      .split('\n')
      .at(-1) ?? '';
  assert.match(last, /^ {3}9\.0 s {2}a {2}\/x+…$/);
  assert.equal(last.length, 100);
});

test('progressScreen: the bar alone in a terminal that is low or narrow', () => {
  for (const size of [
    { columns: 59, rows: 50 },
    { columns: 200, rows: 11 },
  ]) {
    assert.doesNotMatch(progressScreen(VIEW, size), /\n/);
  }
});
