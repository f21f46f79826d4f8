import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestInFlight } from '../../src/model/request-in-flight.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';
import { type ProgressView, progressScreen } from '../../src/report/progress-screen.ts';
import { request, waiting } from '../observe/under-way.ts';

const HISTORY = [2, 8, 4].map((rows) => ({ rows, bytes: rows * 1_000 }));

function inFlight(url: string, age: number, more: Partial<RequestInFlight> = {}): RequestInFlight {
  const body = { offset: 0, received: 0, length: undefined };
  return { item: { index: 0, url }, url, attempt: 1, sentAt: 60_000 - age, ...body, ...more };
}

const VIEW: ProgressView = {
  progress: {
    ...{ done: 97, total: 194, share: 97, elapsed: 3_400, remaining: 4_600 },
    ...{ bytes: 1_000_000, bytesPerSecond: 4_000, filesPerSecond: 4 },
    tally: { ...EMPTY_TALLY, ok: 97 },
  },
  throughput: { latest: (most) => (most > 0 ? HISTORY.slice(-most) : []) },
  files: undefined,
  requests: [
    inFlight('https://u:p@slow.example/a?key=secret', 12_340, { attempt: 3 }),
    inFlight('http://other.example:81/b', 1_000, { received: 450_000, length: 1_000_000 }),
    inFlight('http://quick.example/c', 999),
  ],
  waiting: [],
  inFlight: 3,
  allowed: 20,
  now: 60_000,
};

const LARGE = { columns: 100, rows: 24 };

test('progressScreen: the bar, the throughput, the slowest requests, and what rows wait for', () => {
  const waits = [waiting(1, 64_000)];
  const [bar, ...others] = progressScreen({ ...VIEW, waiting: waits }, LARGE).split('\n');
  assert.match(bar ?? '', /^█+░+ 97\/194 files /);
  assert.deepEqual(others, [
    '▃█▅ 4.0 files/s | 3 of 20 requests in flight',
    '  12.3 s  0 B               slow.example  /a (try 3)',
    '   1.0 s   45% of 1.0 MB    other.example:81  /b',
    '503 from a.example, again in 4 s (2 of 4)',
  ]);
});

test('progressScreen: only the bar while there is no host yet', () => {
  const screen = progressScreen({ ...VIEW, requests: [], inFlight: 0, allowed: 0 }, LARGE);
  assert.match(screen, /^█+░+ 97\/194 files [^\n]*$/);
});

test('progressScreen: no more than five requests, and no more lines than the terminal has', () => {
  const requests = Array.from({ length: 30 }, (_, i) => inFlight(`http://a/${i}`, 9_000));
  assert.equal(progressScreen({ ...VIEW, requests }, LARGE).split('\n').length, 7);
});

test('progressScreen: lines fit into the columns', () => {
  const throughput: ProgressView['throughput'] = {
    latest: (most) => Array(most).fill({ rows: 1, bytes: 1 }),
  };
  const requests = [inFlight(`http://a/${'x'.repeat(300)}`, 9_000)];
  for (const columns of [60, 61, 80, 500]) {
    const lines = progressScreen({ ...VIEW, throughput, requests }, { columns, rows: 24 }).split(
      '\n',
    );
    for (const line of lines) assert.ok(line.length <= columns, line);
    assert.match(lines[1] ?? '', /^█{5,60} 1\.0 files\/s \| 3 of 20 requests in flight$/);
  }
});

test('progressScreen: in a small terminal the bar, and why nothing happens', () => {
  const waits = [waiting(1, 64_000), waiting(2, 64_000)];
  for (const size of [
    { columns: 59, rows: 24 },
    { columns: 80, rows: 11 },
  ]) {
    const [bar, ...others] = progressScreen({ ...VIEW, waiting: waits }, size).split('\n');
    assert.match(bar ?? '', /97\/194/);
    assert.deepEqual(others, ['2 files: 503 from a.example, the next in 4 s']);
  }
});

test('progressScreen: a few files have a line each, and a single one no other', () => {
  const item = { index: 0, url: 'http://a.example/x.bin' };
  const underWay = { ...request(0, 45, 100), item };
  const file = {
    ...{ item, bytes: 45, length: 100, bytesPerSecond: 5, request: underWay },
    ...{ wait: undefined, outcome: undefined },
  };
  const few = {
    ...VIEW,
    files: [file],
    progress: { ...VIEW.progress, total: 3, share: 1, done: 1 },
  };
  const [line, bar, ...others] = progressScreen(few, LARGE).split('\n');
  assert.match(line ?? '', /^x\.bin {3}45% █+░+ +45 B of 100 B +5 B\/s +0:11 left$/);
  assert.match(bar ?? '', /1\/3 files/);
  assert.deepEqual(others, []);
  const one = { ...few, progress: { ...few.progress, total: 1 } };
  assert.equal(progressScreen(one, LARGE), line);
});
