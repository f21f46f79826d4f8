import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpStatusError } from '../../src/model/failure.ts';
import { failedOutcome, type Outcome } from '../../src/model/outcome.ts';
import { RowGroups } from '../../src/report/row-groups.ts';
import { summary } from '../../src/report/summary.ts';

function row(index: number): { index: number; url: string } {
  return { index, url: `https://me:secret@example.com/${index}` };
}

function saved(index: number): Outcome {
  return { item: row(index), status: 'ok', path: 'a', bytes: 1_500_000, attempts: 1 };
}

test('summary: says how the rows ended, and what to do about the commonest failures', () => {
  const groups = new RowGroups();
  for (let i = 0; i < 1200; i++) groups.add(saved(i));
  for (let i = 0; i < 2; i++)
    groups.add(failedOutcome(row(i), new HttpStatusError(429, 'Slow\x1b[2J')));
  for (let i = 0; i < 3; i++) groups.add(failedOutcome(row(i), new HttpStatusError(503)));
  groups.add(failedOutcome(row(7), new HttpStatusError(404, 'Not Found')));
  assert.equal(
    summary({ groups: groups.all(), elapsed: 83_000 }),
    [
      'ok          1,200  1.8 GB',
      'not found       1',
      '  http-404      1',
      'failed          5',
      '  http-503      3',
      '  http-429      2',
      '1,206 rows in all, in 1m 23s.',
      '',
      'http-503 (3): the server is in trouble: try again later',
      '  as in https://example.com/0',
      '  503',
      '',
      'http-429 (2): the server asks for fewer requests: fewer at a time (-m), then retry later',
      '  as in https://example.com/0',
      '  429 Slow\\x1b[2J',
      '',
      'http-404 (1): the server has no such file: correct the list',
      '  as in https://example.com/7',
      '',
    ].join('\n'),
  );
});

test('summary: no rows', () => {
  assert.equal(summary({ groups: [], elapsed: 40 }), '0 rows in all, in 0.0 s.\n');
});

test('summary: one row that went well has nothing to explain', () => {
  const groups = new RowGroups();
  groups.add(saved(0));
  assert.equal(summary({ groups: groups.all() }), 'ok  1  1.5 MB\n1 row in all.\n');
});
