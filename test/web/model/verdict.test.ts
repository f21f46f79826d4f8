import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_TALLY } from '../../../src/observe/tally.ts';
import type { RunState } from '../../../src/report/page/page-data.ts';
import { liveTitle, percentText, verdictText } from '../../../web/model/verdict.ts';
import { stateOf } from '../fixtures/state.ts';

const state = (
  ending: RunState['ending'],
  totals: Partial<RunState['totals']>,
  more: Partial<RunState> = {},
): RunState => ({
  ...stateOf([]),
  ...{ ending, expected: undefined, ...more },
  totals: { ...EMPTY_TALLY, ...totals },
});

test('verdictText: all files are there only when they are', () => {
  assert.equal(verdictText(state('complete', { ok: 890, skipped: 10 })), 'All 900 files are there');
  assert.equal(
    verdictText(state('complete', { ok: 882, failed: 18 })),
    '882 of 900 files are there, 18 failed',
  );
  assert.equal(
    verdictText(state('complete', { failed: 1, 'not-found': 2 })),
    '0 of 3 files are there, 1 failed, 2 were not found',
  );
  assert.equal(verdictText(state('complete', { ok: 1 })), 'The file is there');
  assert.equal(verdictText(state('complete', {})), 'There were no files to download');
});

test('verdictText: a run that was stopped has files that were not tried', () => {
  assert.equal(
    verdictText(state('interrupted', { ok: 40, cancelled: 8 }, { expected: 100 })),
    '40 of 100 files are there, 8 were cancelled, 52 were not tried',
  );
  assert.equal(verdictText(state('killed', { ok: 40 })), 'All 40 files are there');
});

test('verdictText: of a run under way it says what is there so far', () => {
  assert.equal(verdictText(state('running', {}, { expected: 100 })), 'No file is there yet');
  assert.equal(verdictText(state('running', { ok: 40 })), '40 files are there so far');
  assert.equal(
    verdictText(state('running', { ok: 38, failed: 2 }, { expected: 100 })),
    '38 of 100 files are there so far, 2 failed',
  );
});

test('liveTitle: how far the run is, and then how it ended', () => {
  const now = { received: 0, speed: 0, requests: [], inFlight: 0, waiting: [], waits: 0 };
  assert.equal(liveTitle(state('running', { ok: 1234 })), '1,234 files · flaghoist');
  assert.equal(liveTitle(state('running', { ok: 45 }, { expected: 100 })), '45 % · flaghoist');
  const half = state('running', { ok: 1 }, { expected: 3, now: { ...now, share: 0.5 } });
  assert.equal(liveTitle(half), '50 % · flaghoist');
  assert.equal(liveTitle(state('complete', { ok: 9 })), 'done · flaghoist');
  assert.equal(liveTitle(state('complete', { ok: 9, failed: 3 })), 'done: 3 failed · flaghoist');
  assert.equal(liveTitle(state('interrupted', { ok: 9 })), 'interrupted · flaghoist');
});

test('percentText: says 100 % only at the end', () => {
  assert.deepEqual([0, 0.29, 0.999, 1].map(percentText), ['0 %', '29 %', '99 %', '100 %']);
});
