// Slow: starts threads.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { reportPage } from '../../src/cli/output/report-page.ts';
import { ledgerPath } from '../../src/ledger/folder.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { EVERY, LedgerReader } from '../../src/ledger/read/ledger-reader.ts';
import { retryRows } from '../../src/ledger/read/retry-rows.ts';
import { STAND_IN_PAGE } from '../support/stand-in-page.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { anItem, failed, ok, runOf } from './support.ts';

/** What commands do with a ledger. */
const USES = {
  async get(directory: string) {
    await using ledger = Ledger.open(directory);
    for (let i = 0; i < 3; i++) {
      ledger.take(anItem(i));
      await ledger.record(ok(anItem(i)));
    }
    await ledger.close('complete');
  },
  async retry(directory: string) {
    using reader = new LedgerReader(directory);
    reader.lastArguments('get');
    await Array.fromAsync(retryRows(directory));
  },
  async text(directory: string) {
    using reader = new LedgerReader(directory);
    return [reader.lastRun, reader.groups(), reader.hosts(10)];
  },
  async json(directory: string) {
    using reader = new LedgerReader(directory);
    return [...reader.records()];
  },
  async html(directory: string) {
    using reader = new LedgerReader(directory);
    const request = { directory, condition: EVERY, where: undefined, template: STAND_IN_PAGE };
    return await Array.fromAsync(reportPage(reader, request));
  },
};

type Use = keyof typeof USES;
const ALL = Object.keys(USES) as Use[];

/** Edits of a ledger with sqlite3, and what fails after each. */
const EDITS: readonly (readonly [what: string, sql: string, refusing: readonly Use[]])[] = [
  ['a missing table', 'DROP TABLE places', ALL],
  ['a missing view', 'DROP VIEW rows', ALL],
  ['a column of another name', 'ALTER TABLE loads RENAME COLUMN at TO moment', ALL],
  [
    'a table that takes any type',
    `DROP TABLE loads; CREATE TABLE loads (run INTEGER NOT NULL, at INTEGER NOT NULL,
      in_flight INTEGER NOT NULL, allowed INTEGER NOT NULL)`,
    ALL,
  ],
  ['a word that is no status', "UPDATE records SET status = 'fine'", ['text', 'json', 'html']],
  ['a size below 0', 'UPDATE records SET bytes = -5', ['retry', 'text', 'json', 'html']],
  ['a number too large for JavaScript', 'UPDATE records SET bytes = 9007199254740993', ALL],
  [
    'details that are no JSON',
    "UPDATE records SET details = '{' WHERE status = 'failed'",
    ['retry', 'json', 'html'],
  ],
  [
    'details of the wrong kind',
    `UPDATE records SET details = '{"mirrors":5}' WHERE status = 'failed'`,
    ['retry', 'json', 'html'],
  ],
  [
    'details with a name of every object',
    `UPDATE records SET details = '{"constructor":5}' WHERE status = 'failed'`,
    ['retry', 'json', 'html'],
  ],
  ['a command that is no JSON', "UPDATE runs SET arguments = 'get'", ['retry', 'text', 'html']],
  ['a command that is no list', `UPDATE runs SET arguments = '{"0":"get"}'`, ['text', 'html']],
  ['a command of numbers', `UPDATE runs SET arguments = '["get",1]'`, ['retry', 'text', 'html']],
  [
    'a moment that no calendar has',
    'UPDATE runs SET started_at = 9000000000000000',
    ['text', 'html'],
  ],
  ['an ending that there is not', "UPDATE runs SET ending = 'well'", ['text', 'html']],
  [
    'a time without end',
    'UPDATE records SET elapsed = 9e999, started_at = 1',
    ['retry', 'json', 'html'],
  ],
  ['rows in odd places', 'UPDATE places SET idx = -7, run = 99', ['retry', 'json', 'html']],
  ['an id beyond all others', 'UPDATE records SET id = 9007199254740000 WHERE id = 1', []],
];

for (const [what, sql, refusing] of EDITS) {
  test(`LedgerReader: an edited ledger, ${what}, is one line where it matters`, async (t) => {
    for (const use of ALL) {
      const directory = await temporaryDirectory(t);
      await runOf(directory, [
        ok(anItem(0)),
        failed(anItem(1, { name: 'b' }), 'connect'),
        ok(anItem(2)),
      ]);
      {
        using database = new DatabaseSync(ledgerPath(directory));
        database.exec(sql);
      }
      const used = USES[use](directory);
      if (!refusing.includes(use)) {
        await used;
        continue;
      }
      await assert.rejects(used, (error: Error) => {
        assert.equal(error.name, 'BrokenRunError', `${use}: ${error.stack}`);
        assert.match(error.message, /^the ledger [^\n]+$/);
        return true;
      });
    }
  });
}
