import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LedgerFacts, reportState } from '../../../src/report/page/report-state.ts';
import { SeriesRecorder } from '../../../src/report/page/series.ts';

const SERIES = new SeriesRecorder(1_000).series(0);

const EXAMPLE = { url: 'https://u:p@example.com/a', message: 'no\x1b[2J' };

const FACTS: LedgerFacts = {
  directory: 'photos',
  run: {
    id: 2,
    startedAt: 1_000,
    endedAt: 5_000,
    ending: 'complete',
    arguments: ['get', '-i', 'my list.txt'],
  },
  isInUse: false,
  lastEnd: 4_000,
  groups: [
    { status: 'ok', reason: undefined, rows: 5, bytes: 50, example: EXAMPLE },
    { status: 'skipped', reason: 'already-there', rows: 1, bytes: 9, example: EXAMPLE },
    { status: 'failed', reason: 'http-503', rows: 2, bytes: 0, example: EXAMPLE },
  ],
  hosts: [{ host: 'example.com\x07', rows: 8, notDone: 2, bytes: 59 }],
  otherHosts: 3,
};

test('reportState: the last run, and all rows', () => {
  const leftOut = { rows: 1, which: 'one' };
  assert.deepEqual(reportState(FACTS, { series: SERIES, leftOut }), {
    directory: 'photos',
    command: "flaghoist get -i 'my list.txt'",
    startedAt: 1_000,
    elapsed: 4_000,
    ending: 'complete',
    expected: 8,
    totals: { ok: 5, skipped: 1, 'not-found': 0, failed: 2, cancelled: 0 },
    bytes: 50,
    reasons: [
      reason('ok', undefined, 5, 50),
      reason('skipped', 'already-there', 1, 9),
      reason('failed', 'http-503', 2, 0, 'the server is in trouble: try again later'),
    ],
    hosts: [{ host: 'example.com\\x07', rows: 8, notDone: 2, bytes: 59 }],
    otherHosts: 3,
    series: SERIES,
    leftOut,
  });
});

function reason(
  status: string,
  reason: string | undefined,
  rows: number,
  bytes: number,
  advice?: string,
) {
  const example = { url: 'https://example.com/a', message: 'no\\x1b[2J' };
  return { status, reason, rows, bytes, advice, example };
}

for (const [what, change, ending, elapsed] of [
  ['was killed', { isInUse: false }, 'killed', 3_000],
  ['is under way', { isInUse: true }, 'running', 3_000],
  ['has no row yet', { isInUse: true, lastEnd: undefined }, 'running', 0],
] as const) {
  test(`reportState: a run that ${what} has not all its rows`, () => {
    const run = { id: 2, startedAt: 1_000, arguments: [] };
    const state = reportState({ ...FACTS, ...change, run }, { series: SERIES, leftOut: undefined });
    assert.deepEqual([state.ending, state.elapsed, state.expected], [ending, elapsed, undefined]);
    assert.equal(state.command, '');
  });
}
