import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  finalReport,
  initialReport,
  unaccountedReport,
  verboseLine,
} from '../../src/flags/messages.ts';
import { selectCodes } from '../../src/flags/select-codes.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import { cancelledOutcome, failedOutcome, okOutcome } from '../../src/model/outcome.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';

const SITE = { label: 'ERROR', url: 'http://localhost:8003/flags' } as const;
const ITEM = { index: 0, url: 'http://h/br/br.gif', name: 'br.gif' };

test('initialReport: names the first and the last of many codes', () => {
  const codes = selectCodes({ codes: [], all: true, limit: 100 });
  assert.equal(
    initialReport(SITE, codes, 100),
    'ERROR site: http://localhost:8003/flags\n' +
      'Searching for 100 flags: from AD to LK\n' +
      '100 concurrent connections will be used.\n',
  );
});

test('initialReport: lists few codes', () => {
  assert.equal(
    initialReport(SITE, ['BD', 'BR', 'IN'], 3),
    'ERROR site: http://localhost:8003/flags\n' +
      'Searching for 3 flags: BD, BR, IN\n' +
      '3 concurrent connections will be used.\n',
  );
});

test('initialReport: one flag, one connection', () => {
  assert.equal(
    initialReport(SITE, ['BR'], 1),
    'ERROR site: http://localhost:8003/flags\n' +
      'Searching for 1 flag: BR\n' +
      '1 concurrent connection will be used.\n',
  );
});

test('initialReport: 10 codes are listed, 11 are not', () => {
  const line = (count: number) =>
    initialReport(SITE, selectCodes({ codes: ['B'], limit: count }), 5).split('\n')[1];
  assert.equal(line(10), 'Searching for 10 flags: BA, BB, BC, BD, BE, BF, BG, BH, BI, BJ');
  assert.equal(line(11), 'Searching for 11 flags: from BA to BK');
});

const RECEIVED = {
  head: { httpStatus: 200, url: ITEM.url, offset: 0 },
  bytes: 1,
  timings: { sent: 1, firstByte: 2, end: 3 },
};

class WordlessError extends Error {}

for (const [outcome, line] of [
  [okOutcome(ITEM, { received: RECEIVED, saved: { path: 'p', bytes: 1 } }), 'BR OK\n'],
  [failedOutcome(ITEM, new HttpStatusError(404, 'Not Found')), 'BR not found\n'],
  [
    failedOutcome(ITEM, new HttpStatusError(503, 'Service Unavailable')),
    '*** Error for BR: 503 Service Unavailable\n',
  ],
  [
    failedOutcome(ITEM, new HttpStatusError(503, 'Busy\x9b2J\u202e')),
    '*** Error for BR: 503 Busy\\x9b2J\\u202e\n',
  ],
  [failedOutcome(ITEM, new WordlessError()), '*** Error for BR: WordlessError\n'],
  [cancelledOutcome(ITEM), ''],
] as const) {
  test(`verboseLine: ${JSON.stringify(line)} for ${outcome.reason ?? outcome.status}`, () => {
    assert.equal(verboseLine('BR', outcome), line);
  });
}

test('finalReport: leaves out counts of 0', () => {
  assert.equal(
    finalReport({ ...EMPTY_TALLY, ok: 20 }, 1071),
    '--------------------\n20 flags downloaded.\nElapsed time: 1.07s\n',
  );
});

test('finalReport: every count', () => {
  assert.equal(
    finalReport({ ...EMPTY_TALLY, ok: 81, 'not-found': 2, failed: 17, cancelled: 4 }, 27_334),
    '--------------------\n' +
      '81 flags downloaded.\n' +
      '2 not found.\n' +
      '17 errors.\n' +
      '4 cancelled.\n' +
      'Elapsed time: 27.33s\n',
  );
});

test('finalReport: singular', () => {
  assert.equal(
    finalReport({ ...EMPTY_TALLY, ok: 1, 'not-found': 1, failed: 1, cancelled: 1 }, 0),
    '--------------------\n' +
      '1 flag downloaded.\n' +
      '1 not found.\n' +
      '1 error.\n' +
      '1 cancelled.\n' +
      'Elapsed time: 0.00s\n',
  );
});

test('finalReport: also without any flag', () => {
  assert.match(
    finalReport({ ...EMPTY_TALLY, failed: 2 }, 0),
    /^-{20}\n0 flags downloaded\.\n2 errors\.\n/,
  );
});

test('unaccountedReport: names the codes', () => {
  assert.equal(
    unaccountedReport(['BR', 'IN']),
    'some downloads are unaccounted for (BR, IN); this is a bug in flaghoist',
  );
});
