import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import { parseWhere } from '../../../src/ledger/read/where.ts';
import { WhereError } from '../../../src/ledger/read/where-error.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { anItem, cancelled, failed, ok, refused, runOf } from '../support.ts';

const OUTCOMES = [
  ok(anItem(0), { httpStatus: 200, etag: "it's", resolvedAddress: '192.0.2.1' }),
  refused(anItem(1), 503),
  refused(anItem(2), 429),
  refused(anItem(3), 404),
  cancelled(anItem(4, { url: 'http://Other.example:8080?q=1' })),
  // As an earlier version had it, and the three that it was divided into.
  failed(anItem(5), 'dns'),
  failed(anItem(6), 'dns-not-found'),
  failed(anItem(7), 'dns-timeout'),
  { ...failed(anItem(8), 'dns-failed'), originDown: true as const },
];

const matches: [condition: string, indexes: number[]][] = [
  ['status in (429,503)', [1, 2]],
  ["status in (429, 'ok')", [0, 2]],
  ["status not in ('failed')", [0, 3, 4]],
  ['status = 503', [1]],
  ['STATUS = not-found', [3]],
  ['status != ok', [1, 2, 3, 4, 5, 6, 7, 8]],
  ['status < 500', [0, 2, 3]],
  ['reason = http-503', [1]],
  ["reason = 'http-503' or reason = 'http-429'", [1, 2]],
  ['reason != http-503', [0, 2, 3, 4, 5, 6, 7, 8]],
  ['reason is null', [0]],
  ['reason = dns', [5, 6, 7, 8]],
  ['reason = dns-timeout', [7]],
  ["reason in ('dns', http-429)", [2, 5, 6, 7, 8]],
  ['reason in (dns-failed, dns-timeout)', [7, 8]],
  ['reason != dns and index > 2', [3, 4]],
  ['reason not in (dns) and index > 2', [3, 4]],
  ['not reason = dns and index > 2', [3, 4]],
  ['not reason != dns', [5, 6, 7, 8]],
  ["reason like 'dns'", [5]],
  ['url = dns', []],
  ['reason is not null and not status = failed', [3, 4]],
  ["not (reason = 'http-503')", [0, 2, 3, 4, 5, 6, 7, 8]],
  ["host = 'other.example:8080'", [4]],
  ["host = 'example.com' and bytes > 0", [0]],
  ["url like '%/2.jpg'", [2]],
  ["url not like '%.jpg'", [4]],
  ["etag = 'it''s'", [0]],
  ['http_status >= 500', [1]],
  ['httpStatus is null', [4, 5, 6, 7, 8]],
  ['attempts = 4 and (index = 1 or index = 3)', [1, 3]],
  ["url = ''' or 1=1 --'", []],
  ["resolvedAddress like '192.0.2.%'", [0]],
  ['origin_down = true', [8]],
  ['originDown is null and index > 5', [6, 7]],
];

test('parseWhere: finds the rows that it says', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, OUTCOMES);
  using reader = new LedgerReader(directory);
  for (const [condition, indexes] of matches) {
    const found = [...reader.records(parseWhere(condition))].map(({ index }) => index);
    assert.deepEqual(found, indexes, condition);
  }
});

const errors: [condition: string, message: RegExp][] = [
  ['', /^column 1: expected a column, not the end$/],
  ['colour = 1', /^column 1: no column 'colour'; there are attempts, bytes, .*url$/],
  ['status = fialed', /^column 10: no status 'fialed'; there are ok, skipped, .*cancelled$/],
  ['not reason in (tls, timout)', /^column 21: no reason 'timout'; there are .*http-404 and/],
  ['rowid = 1', /^column 1: no column 'rowid'/],
  ['status', /^column 7: expected =, !=, .*, not the end$/],
  ['status =', /^column 9: expected a value, not the end$/],
  ["status = 'ok", /^column 10: this text has no end: a ' is missing$/],
  ['bytes > many', /^column 9: bytes is a number, not the text 'many'$/],
  ['reason = 5', /^column 10: reason is a text, not 5$/],
  ['status in (1, 2', /^column 16: expected '\)', not the end$/],
  ['status in 1', /^column 11: expected '\(', not 1$/],
  ['status = ok; drop table rows', /^column 12: ; has no meaning here$/],
  ['status = ok ok', /^column 13: expected 'and', 'or' or the end, not 'ok'$/],
  ['status not = 1', /^column 12: expected 'in' or 'like', not '='$/],
  ['status = "ok"', /^column 10: " has no meaning here$/],
  ['status = \x1b', /^column 10: \\x1b has no meaning here$/],
  ['bytes like 5', /^column 12: 'like' needs a text$/],
  [`${'('.repeat(60)}status = 1`, /^column 51: this is nested too deep$/],
];

for (const [condition, message] of errors) {
  test(`parseWhere: says what is wrong with ${JSON.stringify(condition.slice(0, 40))}`, () => {
    assert.throws(
      () => parseWhere(condition),
      (error) => {
        assert.ok(error instanceof WhereError);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}
