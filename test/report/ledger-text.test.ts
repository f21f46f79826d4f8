import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostLines, keyChangeText, leftLines, runLines } from '../../src/report/ledger-text.ts';

const RUN = { id: 2, startedAt: Date.UTC(2026, 0, 2, 3, 4, 5), arguments: ['get', 'a b', "it's"] };

test('runLines: says when a run was, how it ended and its command', () => {
  assert.equal(
    runLines({ ...RUN, endedAt: RUN.startedAt + 83_000, ending: 'complete' }, false),
    "Run 2, started 2026-01-02T03:04:05Z, came to its end after 1m 23s.\n  flaghoist get 'a b' 'it'\\''s'\n",
  );
  assert.match(runLines(RUN, true), /Z, is under way\.\n/);
  assert.match(runLines(RUN, false), /Z, did not end: it was killed\.\n/);
});

test('leftLines: says what to do', () => {
  const parts = { count: 2, bytes: 1500 };
  assert.equal(
    leftLines({ directory: 'my files', retriable: 1200, parts, isWhole: false }),
    'The list was not read to its end: run the same command again.\n' +
      "1,200 rows to try again: flaghoist retry 'my files'\n" +
      '2 files are there in part, 1.5 kB; the next run goes on with them.\n',
  );
  const none = { count: 0, bytes: 0 };
  assert.equal(
    leftLines({ directory: 'a', retriable: 0, parts: none, isWhole: true }),
    'Nothing is left to do.\n',
  );
});

test('hostLines: is a table', () => {
  assert.equal(
    hostLines([{ host: 'a\x1b.example', rows: 1200, notDone: 3, bytes: 5 }]),
    'Host            rows  not done  bytes\na\\x1b.example  1,200         3    5 B\n',
  );
});

test('keyChangeText: says what the new key means for the rows of earlier runs', () => {
  const change = { from: 'url', to: 'path', rows: 1200, done: 0 };
  assert.equal(
    keyChangeText(change),
    'earlier runs knew 1,200 rows by url; this run knows them by path',
  );
  assert.equal(keyChangeText({ ...change, done: 1000 }), '1,000 of 1,200 rows have their new key');
  assert.match(
    keyChangeText({ ...change, to: 'column id' }),
    /^earlier runs knew 1,200 rows by url; by column id nothing is known of them: /,
  );
});
