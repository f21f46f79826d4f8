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

test('summary: a row without a URL is known by its message', () => {
  const groups = new RowGroups();
  groups.add(failedOutcome({ index: 0, url: '' }, new HttpStatusError(503)));
  const lines = summary({ groups: groups.all() }).split('\n').slice(-3);
  assert.deepEqual(lines, ['http-503 (1): the server is in trouble: try again later', '  503', '']);
});

test('summary: no rows', () => {
  assert.equal(summary({ groups: [], elapsed: 40 }), '0 rows in all, in 0.0 s.\n');
});

test('summary: one row that went well has nothing to explain', () => {
  const groups = new RowGroups();
  groups.add(saved(0));
  assert.equal(summary({ groups: groups.all() }), 'ok  1  1.5 MB\n1 row in all.\n');
});

test('summary: of a run whose files are named, a table only where something else has happened', () => {
  const groups = new RowGroups();
  groups.add(saved(0));
  const line = 'saved a (1.5 MB)';
  const facts = { elapsed: 400, saved: [line], thing: 'file' } as const;
  assert.equal(summary({ groups: groups.all(), ...facts }), `${line}\n1 file in all, in 0.4 s.\n`);
  groups.add(failedOutcome(row(7), new HttpStatusError(404)));
  const lines = summary({ groups: groups.all(), ...facts }).split('\n');
  assert.deepEqual(lines.slice(0, 6), [
    line,
    '',
    'ok          1  1.5 MB',
    'not found   1',
    '  http-404  1',
    '2 files in all, in 0.4 s.',
  ]);
});

test('summary: says how many reasons it does not explain', () => {
  const groups = new RowGroups();
  for (let status = 500; status < 507; status++) {
    for (let i = 0; i <= 510 - status; i++) {
      groups.add(failedOutcome(row(i), new HttpStatusError(status)));
    }
  }
  const text = summary({ groups: groups.all(), thing: 'file' });
  assert.equal(text.match(/ {2}as in /g)?.length, 5);
  assert.match(text, /\n\n2 more reasons \(11 files\) in the table above\.\n$/);
});
