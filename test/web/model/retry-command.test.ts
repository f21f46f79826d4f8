// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { retryCondition } from '../../../src/ledger/read/retry-rows.ts';
import { type Filter, filterRows, isNotDone, NO_FILTER } from '../../../web/model/filter.ts';
import { retryCommand } from '../../../web/model/retry-command.ts';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

const ROWS = [
  fixtureRow({ url: 'https://a.example/1' }),
  fixtureRow({ url: 'https://a.example/2', status: 'failed' }),
  fixtureRow({ url: "https://a.example/it's", status: 'failed', reason: 'dns-timeout' }),
  fixtureRow({ url: 'https://a.example:8080/$HOME', status: 'failed', reason: 'timeout-idle' }),
  fixtureRow({ url: 'https://not/`x`"!!', status: 'cancelled', reason: 'cancelled' }),
  fixtureRow({ url: 'https://b.example/6', status: 'not-found', message: "Can't" }),
  fixtureRow({ url: 'https://b.example/7', status: 'skipped', reason: 'already-there' }),
  fixtureRow({ url: 'https://B.example/8', status: 'failed', reason: 'bad-row', message: '\\n' }),
];
const { rows } = new RowStore(columnsOf(ROWS));

/** What a shell makes of a command: its arguments. */
function argumentsOf(command: string): string[] {
  assert.match(command, /^flaghoist /);
  const print = command.replace('flaghoist', "printf '%s\\0'");
  return execFileSync('sh', ['-c', print], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

/** The rows that `retry` takes with such a condition: asked of SQLite, as it does. */
function selected(where: string): number[] {
  using database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE rows (place, url, status, reason, message, http_status)');
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)');
  ROWS.forEach(({ url, status, reason, message, httpStatus }, place) => {
    insert.run(place, url, status, reason || null, message || null, httpStatus);
  });
  const { sql, values } = retryCondition({ where });
  const found = database
    .prepare(`SELECT place FROM rows WHERE ${sql} ORDER BY place`)
    .all(...values);
  return found.map(({ place }) => Number(place));
}

const FILTERS: readonly Partial<Filter>[] = [
  {},
  { statuses: ['failed'] },
  { statuses: ['ok', 'not-found', 'cancelled'] },
  { reason: 'timeout-idle' },
  { reason: 'cancelled', statuses: ['cancelled', 'failed'] },
  { host: 'a.example' },
  { host: 'a.example:8080' },
  { host: 'not' },
  { host: 'b.example', statuses: ['not-found'] },
  { text: "it's" },
  { text: "CAN'T" },
  { text: '$HOME' },
  { text: '`x`"!!' },
  { text: '\\n' },
  { host: 'a.example', reason: 'dns-timeout', text: "'" },
  { reason: 'http-503', host: 'b.example', text: '6', statuses: ['failed'] },
];

for (const filter of FILTERS) {
  test(`retryCommand: selects what is seen, with ${JSON.stringify(filter)}`, () => {
    const whole = { ...NO_FILTER, ...filter };
    const { command, note } = retryCommand('photos', whole);
    assert.equal(note, undefined);
    const [verb, directory, option, where, ...more] = argumentsOf(command ?? '');
    assert.deepEqual([verb, directory, option, more], ['retry', 'photos', '--where', []]);
    const seen = filterRows(rows, whole).filter((place) => isNotDone(rows.status[place]));
    assert.deepEqual(selected(where ?? ''), [...seen]);
  });
}

test('retryCommand: has the directory as it is, whatever it is called', () => {
  for (const directory of [
    'my photos',
    "it's",
    '~/x',
    '$(date)',
    'a"b',
    'ümlaut',
    'a=b',
    '/a/b.c',
  ]) {
    const { command } = retryCommand(directory, NO_FILTER);
    assert.equal(argumentsOf(command ?? '')[1], directory);
  }
  assert.equal(argumentsOf(retryCommand('-x', NO_FILTER).command ?? '')[1], './-x');
});

test('retryCommand: is easy to read where it can be', () => {
  const filter = { ...NO_FILTER, reason: 'http-503', host: 'example.com' };
  assert.equal(
    retryCommand('photos', filter).command,
    `flaghoist retry photos --where "reason = http-503 and host = 'example.com'"`,
  );
});

test('retryCommand: files that are there get no command', () => {
  const { command, note } = retryCommand('photos', { ...NO_FILTER, statuses: ['ok', 'skipped'] });
  assert.equal(command, undefined);
  assert.match(note ?? '', /not tried again/);
});

test('retryCommand: gives no command with characters that control a terminal', () => {
  for (const text of ['\u001b[201~', 'a\nb', '\u202e']) {
    assert.equal(retryCommand('photos', { ...NO_FILTER, text }).command, undefined);
    assert.equal(retryCommand(text, NO_FILTER).command, undefined);
  }
});

test('retryCommand: says so when it selects more than is seen', () => {
  const { command, note } = retryCommand('photos', { ...NO_FILTER, text: '100%_' });
  assert.match(command ?? '', /like '%100%_%'/);
  assert.match(note ?? '', /any characters/);
});
